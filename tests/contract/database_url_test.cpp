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
        "file with ?question=mark&and#more",
        "//two/slashes"
    );

    const auto url = database_url::parse("sqlite:" + file);

    REQUIRE(url);
    CHECK(url->dialect() == dialect::sqlite);
    CHECK(url->target() == file);
    CHECK(url->redacted() == "sqlite:" + file);
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
