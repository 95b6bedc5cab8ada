#include "adapters/soci/schema/migrate.hpp"
#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/database_postgresql.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

using namespace botcore;
using namespace std::chrono_literals;

namespace {

using rows = std::vector<std::string>;

struct postgresql_contract : sql_contract {
    using sql_contract::sql_contract;

    submission greeting(const std::string& text = "Oi!")
    {
        return submission_of({{.in = talk, .from = as_aureo, .to = ana, .text = text}});
    }

    result<std::vector<appended>> append_within(std::chrono::milliseconds patience)
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        return messages.append(std::vector{greeting()}, until).at(0);
    }

    /// Ends all other connections to the database, and returns their number.
    std::size_t end_sessions()
    {
        return db
            .run(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            .size();
    }

    /// Lets the first `count` inserts into `table` fail with an SQLSTATE.
    void fail_inserts(const std::string& table, unsigned count, const std::string& state)
    {
        db.run(
            "CREATE SEQUENCE failures; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF nextval('failures') <= " +
            std::to_string(count) + " THEN RAISE EXCEPTION 'no' USING ERRCODE = '" + state +
            "'; END IF; RETURN NEW; END $$; CREATE TRIGGER fail BEFORE INSERT ON " + table +
            " FOR EACH STATEMENT EXECUTE FUNCTION fail()"
        );
    }
};

/// The server takes no writes while this lives.
class read_only_server {
public:
    read_only_server() { set("on"); }
    ~read_only_server() { set("off"); }

    read_only_server(const read_only_server&) = delete;
    read_only_server& operator=(const read_only_server&) = delete;

private:
    /// Ends once new connections see it: those that there were have seen it by then.
    static void set(const std::string& value)
    {
        const auto url = server_url() + "postgres";
        run_on(url, "ALTER SYSTEM SET default_transaction_read_only = " + value);
        run_on(url, "SELECT pg_reload_conf()");
        while (run_on(url, "SHOW default_transaction_read_only") != rows{value})
            std::this_thread::sleep_for(5ms);
    }
};

}  // namespace

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a server answers nothing while it takes no writes, whether its reports arrive or "
    "not",
    "[postgresql]"
)
{
    const bool is_hidden = GENERATE(false, true);
    const auto sent = once({.in = talk, .from = as_aureo, .to = ana}, 1);
    REQUIRE(append(sent));
    cutting_proxy proxy{server_port()};
    if (is_hidden)
        proxy.hide_report("in_hot_standby");
    const auto behind = open_through(proxy.port(), db, log);
    const auto read = [&] { return behind->messages().list({.filter = {.bot = bela}}, soon()); };
    const auto repeat = [&] { return behind->messages().append(std::vector{sent}, soon()).at(0); };
    REQUIRE(read());
    REQUIRE(repeat());

    {
        const read_only_server fenced;
        const auto refused = refuse(
            errc::unavailable,
            "The database is read-only (default_transaction_read_only is on): requests are "
            "answered once it takes writes."
        );
        REQUIRE_FALSE(read());
        CHECK(read().error() == refused);
        REQUIRE_FALSE(repeat());
        CHECK(repeat().error() == refused);
        CHECK(behind->ready(soon()).error() == refused);
        CHECK(log.count("the database takes no writes") == 1);
    }

    for (const auto until = soon(); !read() && std::chrono::steady_clock::now() < until;)
        std::this_thread::sleep_for(5ms);
    CHECK(read());
    CHECK(repeat()->at(0).replayed);
    CHECK(log.count("the database takes writes") == 1);
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: sessions that ended are replaced",
    "[postgresql]"
)
{
    for (unsigned round = 1; round <= 3; ++round) {
        race(4, [&](unsigned) {
            static_cast<void>(messages.list({.filter = {.bot = bela}}, soon()));
        });
        CHECK(end_sessions() >= 1);

        CHECK(list(talk).size() == round - 1);
        CHECK(end_sessions() >= 1);
        CHECK(tested.ready(soon()));
        CHECK(end_sessions() >= 1);
        const auto done = append(greeting());
        REQUIRE(done);
        CHECK_FALSE(done->at(0).replayed);
        CHECK(done->at(0).stored.seq == round);
    }
    // The outcome of an append that was not sent is not in doubt.
    CHECK(log.count("a connection was lost during a commit") == 0);
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a restart of the server in the middle of writing loses and repeats nothing",
    "[postgresql]"
)
{
    constexpr unsigned threads = 4;
    constexpr std::uint64_t rounds = 60;
    const auto started = db.run("SELECT pg_postmaster_start_time()::text").at(0);
    const auto keeper = static_cast<pid_t>(std::atoi(std::getenv("BOTAPI_TEST_POSTGRES_KEEPER")));
    std::atomic<unsigned> failed{0};
    std::atomic<unsigned> lost{0};
    std::atomic<unsigned> replayed{0};
    std::atomic<std::uint64_t> stored{0};
    std::atomic<bool> is_back{false};
    std::atomic<bool> is_over{false};

    race(threads + 1, [&](unsigned number) {
        if (number == threads) {
            ::kill(keeper, SIGUSR1);
            for (const auto until = soon(); !is_back && std::chrono::steady_clock::now() < until;) {
                try {
                    is_back =
                        run_on(server_url() + "postgres", "SELECT pg_postmaster_start_time()::text")
                            .at(0) != started;
                } catch (const std::exception&) {
                    std::this_thread::sleep_for(5ms);  // It is down.
                }
            }
            is_over = true;
            return;
        }
        std::uint64_t at = 0;
        for (bool is_enough = false; !is_enough; ++at) {
            const message_spec one{.in = talk, .from = as_aureo, .to = ana};
            const auto key = 10'000 * (number + 1) + at;
            const auto until = std::chrono::steady_clock::now() + 60s;
            auto answer = messages.append(std::vector{once(one, key)}, until).at(0);
            while (!answer && std::chrono::steady_clock::now() < until) {
                std::this_thread::sleep_for(5ms);
                ++failed;  // The outage outlasted the storage's retries: the client retries.
                answer = messages.append(std::vector{once(one, key)}, until).at(0);
            }
            if (!answer) {
                ++lost;
                break;
            }
            replayed += answer->at(0).replayed ? 1 : 0;
            is_enough = at + 1 >= rounds && is_over;
        }
        stored += at;
    });

    CHECK(is_back);
    REQUIRE(lost == 0);
    CHECK(replayed == 0);
    INFO("refused: " << failed);
    CHECK(find(talk)->state.last_seq == stored);
    CHECK(db.run("SELECT count(DISTINCT seq) FROM messages") == rows{std::to_string(stored)});
    CHECK(db.run("SELECT count(*) FROM receipts") == rows{std::to_string(stored)});
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a wait for a lock ends at the deadline",
    "[postgresql]"
)
{
    REQUIRE(append(greeting()));
    stranger other{db};
    const std::string lock = GENERATE(
        as<std::string>{},
        "LOCK TABLE messages IN ACCESS EXCLUSIVE MODE",
        "SELECT pg_advisory_xact_lock(1651471475)",
        "SELECT * FROM conversations FOR UPDATE"
    );
    other.run("BEGIN; " + lock);

    const auto began = std::chrono::steady_clock::now();
    const auto refused = append_within(400ms);
    const auto took = std::chrono::steady_clock::now() - began;

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(took >= 300ms);
    CHECK(took < 2s);
    other.run("ROLLBACK");
    CHECK(list(talk).size() == 1);
    REQUIRE(append(greeting()));
    CHECK(find(talk)->state.last_seq == 2);
}

TEST_CASE_METHOD(postgresql_contract, "postgresql: a read gives up at the deadline", "[postgresql]")
{
    REQUIRE(append(greeting()));
    stranger other{db};
    other.run("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");

    const auto began = std::chrono::steady_clock::now();
    const auto refused = messages.list({.filter = {.conversation = talk}}, began + 300ms);
    const auto took = std::chrono::steady_clock::now() - began;
    other.run("ROLLBACK");

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(took >= 200ms);
    CHECK(took < 2s);
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a transaction that lost a race is repeated",
    "[postgresql]"
)
{
    const std::string state =
        GENERATE(as<std::string>{}, "40001", "40P01", "23503", "23505", "53200", "53300");
    const std::string table = GENERATE(as<std::string>{}, "messages", "bots");
    fail_inserts(table, 3, state);

    const auto stored = append(greeting());
    const auto added = add_bot(id_of<bot_id>(50), "Cleo");

    REQUIRE(stored);
    CHECK(stored->at(0).stored.seq == 1);
    CHECK_FALSE(stored->at(0).replayed);
    REQUIRE(added);
    CHECK(find_bot(id_of<bot_id>(50)) == added->bot);
    CHECK(db.run("SELECT last_value FROM failures") == rows{"4"});
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a pairing is written once, and again if it is gone",
    "[postgresql]"
)
{
    fail_inserts("pairings", 0, "23503");  // No insert fails, but each is counted.
    const auto tries = [&] { return db.run("SELECT last_value FROM failures"); };
    const auto say = [&](unsigned times) {
        const message_spec one{.in = talk, .from = as_aureo, .to = ana};
        const auto done = append(submission_of(std::vector(times, one)));
        REQUIRE(done);
        CHECK(find(talk)->participants == std::vector{pairing{aureo, client_id{ana.value}}});
        return done->back().stored.seq;
    };
    const unsigned times = GENERATE(1U, 3U);
    static_cast<void>(say(times));  // Fills the cache of bots.
    static_cast<void>(say(times));
    CHECK(tries() == rows{"2"});
    CHECK(say(times) == 3 * times);
    CHECK(tries() == rows{"2"});

    SECTION("of a conversation that still exists")
    {
        db.run("DELETE FROM messages; DELETE FROM pairings");
        CHECK(say(times) == 4 * times);
    }
    SECTION("together with its conversation, as by a failover")
    {
        db.run("DELETE FROM messages; DELETE FROM pairings; DELETE FROM conversations");
        CHECK(say(times) == times);
    }
    CHECK(tries() == rows{"3"});
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a race lost for ever ends in time",
    "[postgresql]"
)
{
    fail_inserts("messages", 1'000'000, "40001");

    const auto began = std::chrono::steady_clock::now();
    const auto refused = append_within(500ms);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(std::chrono::steady_clock::now() - began < 2s);
    CHECK(list(talk).empty());
}

TEST_CASE_METHOD(postgresql_contract, "postgresql: a full disk stores nothing", "[postgresql]")
{
    fail_inserts("messages", 1, "53100");

    const auto refused = append(greeting());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::storage_full);
    CHECK(log.count("the database's disk is full code=53100") == 1);
    CHECK_FALSE(find(talk));
    REQUIRE(append(greeting()));
    CHECK(find(talk)->state.last_seq == 1);
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a server whose disk fails counts as unreachable",
    "[postgresql]"
)
{
    const std::string state = GENERATE(as<std::string>{}, "42501", "58030");
    fail_inserts("messages", 1'000'000, state);

    const auto refused = append(greeting());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(log.count("code=" + state) == 1);
    CHECK_FALSE(find(talk));
    db.run("DROP TRIGGER fail ON messages");
    REQUIRE(append(greeting()));
    CHECK(find(talk)->state.last_seq == 1);
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: an unexpected error is logged without user data",
    "[postgresql]"
)
{
    fail_inserts("messages", 1, "XX001");

    const auto refused = append(greeting("secret"));

    REQUIRE_FALSE(refused);
    CHECK(refused.error() == refuse(errc::internal, "The database answered with an error."));
    CHECK(log.count("the database refused a statement code=XX001") == 1);
    CHECK(log.count("secret") == 0);
    REQUIRE(append(greeting()));
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: the database's settings don't change what is stored",
    "[postgresql]"
)
{
    const std::string at = "2018-11-16T23:30:52.6917722-02:00";
    const std::string text = "\\ \\\\ ' '' \\' \\x41 \xE2\x82\xAC";
    const auto name = run_on(db.url().target(), "SELECT current_database()").at(0);
    db.run(
        "CREATE TABLE probe (line text); "
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO probe VALUES (current_setting('synchronous_commit')),"
        " (current_setting('transaction_isolation')); RETURN NEW; END $$;"
        "CREATE TRIGGER note BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION note()"
    );
    for (const std::string setting :
         {"timezone = 'America/Sao_Paulo'",
          "datestyle = 'German, DMY'",
          "intervalstyle = 'sql_standard'",
          "bytea_output = 'escape'",
          "standard_conforming_strings = off",
          "client_encoding = 'LATIN1'",
          "default_transaction_isolation = 'serializable'",
          "synchronous_commit = off"})
        run_on(server_url() + "postgres", "ALTER DATABASE " + name + " SET " + setting);
    const auto other = open_storage(db, log);

    const auto done = other->messages().append(
        std::vector{
            submission_of({{.in = talk, .from = as_aureo, .to = ana, .text = text, .at = at}})},
        soon()
    );

    REQUIRE(done[0]);
    const auto stored = find(done[0]->at(0).stored.id);
    REQUIRE(stored);
    CHECK(stored->content.text == text);
    CHECK(stored->stamp.text() == at);
    CHECK(stored->stamp.at() == stamp_of("2018-11-17T01:30:52.6917722Z").at());
    CHECK(db.run("SELECT line FROM probe") == rows{"on", "read committed"});
    const std::vector ids{stored->id};
    CHECK(other->messages().find(ids, soon())->at(0) == stored);
}

TEST_CASE_METHOD(
    postgresql_contract,
    "postgresql: a commit that reached no standby is not acknowledged",
    "[postgresql]"
)
{
    const auto set_standbys = [](const std::string& names) {
        const auto url = server_url() + "postgres";
        run_on(url, "ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
        run_on(url, "SELECT pg_reload_conf()");
        const auto is_set = [&] {
            return run_on(url, "SHOW synchronous_standby_names") == rows{names};
        };
        for (const auto until = soon(); !is_set() && std::chrono::steady_clock::now() < until;)
            std::this_thread::yield();
    };
    REQUIRE(append(greeting()));
    const auto request = once({.in = talk, .from = as_aureo, .to = ana}, 4000);

    set_standbys("nobody");
    std::optional<result<std::vector<appended>>> unsure;
    std::thread waiting{[&] { unsure = append(request); }};
    // An operator cancels the wait: the deadline does not end a wait within a commit.
    const std::string cancel =
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    for (const auto until = soon(); std::chrono::steady_clock::now() < until;) {
        if (!db.run(cancel).empty())
            break;
        std::this_thread::sleep_for(5ms);
    }
    waiting.join();
    set_standbys("");
    const auto again = append(request);

    REQUIRE(unsure);
    REQUIRE_FALSE(*unsure);
    CHECK(unsure->error().code == errc::outcome_unknown);
    CHECK(log.count("a commit may not be durable") == 1);
    REQUIRE(again);
    CHECK(again->at(0).stored.seq == 2);
}

TEST_CASE("postgresql: the schema may have tables of other programs", "[postgresql]")
{
    recording_log log;
    const auto db = make_database();
    db->run("CREATE TABLE customers (id integer)");

    CHECK(botapi::sql::migrate(db->url(), botapi::sql::migrating::apply, log));
    CHECK(botapi::sql::sql_storage::open(db->url(), {}, log));
}

TEST_CASE("postgresql: a database that converts text is refused", "[postgresql]")
{
    recording_log log;
    run_on(
        server_url() + "postgres",
        "CREATE DATABASE western TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    );
    const auto url = botapi::sql::database_url::parse(server_url() + "western");

    const auto opened = botapi::sql::sql_storage::open(*url, {}, log);

    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::unavailable);
    CHECK_THAT(opened.error().detail, Catch::Contains("LATIN1"));
}

TEST_CASE("postgresql: an unreachable server is named without its password", "[postgresql]")
{
    recording_log log;
    const auto url = botapi::sql::database_url::parse(GENERATE(
        "postgresql://a:secret@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=a&password=secret"
    ));

    const auto opened = botapi::sql::sql_storage::open(*url, {}, log);
    const auto migrated = botapi::sql::migrate(*url, botapi::sql::migrating::apply, log);

    for (const auto& refusal : {opened.error(), migrated.error()}) {
        CHECK(refusal.code == errc::unavailable);
        CHECK_THAT(refusal.detail, Catch::Contains(url->redacted() + " can't be reached: "));
        CHECK(refusal.detail.find("secret") == std::string::npos);
        CHECK(refusal.detail.find('\n') == std::string::npos);
    }
}
