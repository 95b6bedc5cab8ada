#include "adapters/soci/driver/database_url.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace botapi::sql;

TEST_CASE("database_url: a file is everything after sqlite:", "[database_url]")
{
    const std::string file = GENERATE(
        as<std::string>{},
        "botapi.db",
        "/var/lib/bot api/a=b.db",
        "C:file",
        "file with a ? question mark, & and #more",
        "/a//b"
    );

    const auto url = database_url::parse("sqlite:" + file);

    REQUIRE(url);
    CHECK(url->dialect() == dialect::sqlite);
    CHECK(url->target() == file);
    CHECK(url->redacted() == "sqlite:" + file);
}

TEST_CASE("database_url: the refusal of a SQLite URI has the right spelling", "[database_url]")
{
    const auto [text, spelling] = GENERATE(table<std::string, std::string>({
        {"sqlite://x.db", "sqlite:x.db for a file in the current folder"},
        {"sqlite:///x.db", "sqlite:/x.db for a path from the root"},
        {"sqlite:///x.db", "sqlite:x.db for a file in the current folder"},
        {"sqlite:////var/x.db", "write sqlite:/var/x.db."},
        {"sqlite:file:x.db", "write sqlite:x.db."},
        {"sqlite:file:x.db?mode=ro&cache=shared", "write sqlite:x.db."},
        {"sqlite:file:/var/x.db?mode=rwc", "write sqlite:/var/x.db."},
        {"sqlite:file:///var/x.db", "write sqlite:/var/x.db."},
        {"sqlite:x.db?mode=memory", "write sqlite:x.db."},
        {"sqlite:/var/x.db?_journal_mode=WAL", "write sqlite:/var/x.db."},
        {"sqlite://", "sqlite:botapi.db"},
        {"sqlite://me:secret@host/x.db", "sqlite:botapi.db"},
        {"sqlite:~/x.db", "~ is not expanded"},
        {"sqlite: x.db", "must not begin or end with a space"},
        {"sqlite:x.db ", "must not begin or end with a space"},
        {"sqlite:x.db\n", "line breaks"},
        {"SQLite:x.db", "sqlite: in lower case"},
        {"sqlite3:x.db", "sqlite: in lower case"},
        {"file:x.db", "sqlite:"},
        {"x.db", "the part before the colon is missing"},
        {"postgresql+psycopg2://h/db", "postgresql:// in lower case"},
        {"jdbc:postgresql://h/db", "postgresql:// in lower case"},
        {"postgresql:h/db", "postgresql://"},
    }));

    const auto url = database_url::parse(text);

    INFO(text);
    REQUIRE_FALSE(url);
    INFO(url.error().detail);
    CHECK(url.error().detail.find(spelling) != std::string::npos);
    CHECK(url.error().detail.find("secret") == std::string::npos);
    CHECK(url.error().detail.find('\n') == std::string::npos);
}

TEST_CASE("database_url: an unknown parameter is named, and no value", "[database_url]")
{
    const auto [text, part] = GENERATE(table<std::string, std::string>({
        {"postgresql://h/db?sslmod=require", "\"sslmod\""},
        {"postgresql://h/db?application_name=x&pool_size=secret", "\"pool_size\""},
        {"postgresql://h/db?sslMode=require", "write it as sslmode."},
        {"postgresql://h/db?pool%5Fsize=5", "\"pool_size\""},
        {"postgresql://h/db?sslmode", "NAME=VALUE"},
        {"postgresql://h/db?password=x&secret", "NAME=VALUE"},
        {"postgresql://h/db?password=x&secret1=y", "a parameter that PostgreSQL does not know"},
    }));

    const auto url = database_url::parse(text);

    INFO(text);
    REQUIRE_FALSE(url);
    INFO(url.error().detail);
    CHECK(url.error().detail.find(part) != std::string::npos);
    CHECK(url.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("database_url: every parameter that libpq knows is taken", "[database_url]")
{
    CHECK(database_url::parse("postgresql://h/db?ssl=true"));
    CHECK(database_url::parse("postgresql://h/db?target_session_attrs=any&options=-c%20jit%3Doff"));
    CHECK(database_url::parse("postgresql://h/db?keepalives_idle=1&sslrootcert=system"));
    CHECK(database_url::parse("postgresql://h/db?"));
}

TEST_CASE("database_url: libpq gets the URI unchanged", "[database_url]")
{
    const std::string uri = GENERATE(
        as<std::string>{},
        "postgresql://",
        "postgresql:///botapi",
        "postgres://aureo@db.example/botapi",
        "postgresql://aureo@[::1]:5433/botapi?sslmode=require",
        "postgresql://one:5432,two:5433/botapi?target_session_attrs=read-write",
        "postgresql:///botapi?host=/run/postgresql&user=aureo"
    );

    const auto url = database_url::parse(uri);

    REQUIRE(url);
    CHECK(url->dialect() == dialect::postgresql);
    CHECK(url->target() == uri);
    CHECK(url->redacted() == uri);
}

TEST_CASE("database_url: a password is redacted in every spelling", "[database_url]")
{
    const auto [uri, redacted] = GENERATE(table<std::string, std::string>({
        {"postgresql://a:secret@h/db", "postgresql://a:***@h/db"},
        {"postgres://a:secret@h:1,i:2/db", "postgres://a:***@h:1,i:2/db"},
        {"postgresql://:secret@h", "postgresql://:***@h"},
        {"postgresql://a:@h", "postgresql://a:***@h"},
        {"postgresql://a:s:ecret:@h", "postgresql://a:***@h"},
        {"postgresql://a:sec%40ret%2F@h/db", "postgresql://a:***@h/db"},
        {"postgresql://a:secret@h?sslmode=disable", "postgresql://a:***@h?sslmode=disable"},
        {"postgresql://h/db?password=secret", "postgresql://h/db?password=***"},
        {"postgresql://h?user=a&password=s%26ecret&port=1",
         "postgresql://h?user=a&password=***&port=1"},
        {"postgresql://h/db?pass%77ord=secret", "postgresql://h/db?pass%77ord=***"},
        {"postgresql://h/db?%70assword=secret", "postgresql://h/db?%70assword=***"},
        {"postgresql://h/db?%70%61%73%73%77%6F%72%64=secret",
         "postgresql://h/db?%70%61%73%73%77%6F%72%64=***"},
        {"postgresql://h/db?sslpassword=secret", "postgresql://h/db?sslpassword=***"},
        {"postgresql://a:secret@h/db?password=secret&sslpassword=secret",
         "postgresql://a:***@h/db?password=***&sslpassword=***"},
        {"postgresql://h/db?password=s@ecret", "postgresql://h/db?password=***"},
        {"postgresql://h/db?password=secret#secret", "postgresql://h/db?password=***"},
    }));

    const auto url = database_url::parse(uri);

    REQUIRE(url);
    CHECK(url->target() == uri);
    CHECK(url->redacted() == redacted);
}

TEST_CASE("database_url: malformed text is refused, and never quoted", "[database_url]")
{
    const std::string text = GENERATE(
        as<std::string>{},
        "",
        "secret",
        "sqlite",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:se\"cret.db",
        "SQLITE:secret",
        "mysql://secret@h/db",
        "host=h password=secret",
        "postgresql:h/secret",
        "postgresql://a:sec@ret@h/db",
        "postgresql://a:sec/ret@h/db",
        "postgresql://a:sec?ret@h/db",
        "postgresql://a:sec?ret@h",
        "postgresql://h?password=sec@ret",
        "postgresql://a:secret@h:port:port/db?x",
        "postgresql://h/db?PASSWORD=secret",
        "postgresql://h/db?password=sec%zzret",
        "postgresql://h/db?password=secret%00",
        "postgresql://[::1/secret",
        std::string{"sqlite:a\0secret", 15}
    );

    const auto url = database_url::parse(text);

    INFO(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().code == botcore::errc::invalid_argument);
    CHECK_FALSE(url.error().detail.empty());
    CHECK(url.error().detail.find("secret") == std::string::npos);
    CHECK(url.error().detail.find("ret@") == std::string::npos);
    CHECK(url.error().detail.find('\n') == std::string::npos);
}
