#include "adapters/soci/schema/migrate.hpp"

#include "adapters/soci/schema/schema_state.hpp"
#include "tests/contract/database.hpp"

#include <filesystem>
#include <mutex>

using namespace botapi::sql;
using botcore::errc;

namespace {

struct migrate_contract {
    std::unique_ptr<database> db = make_database();
    recording_log log;

    bool is_sqlite() { return db->url().dialect() == dialect::sqlite; }

    auto migrate(migrating mode = migrating::apply)
    {
        return botapi::sql::migrate(db->url(), mode, log);
    }

    auto open() { return sql_storage::open(db->url(), {}, log); }

    std::vector<std::string> tables()
    {
        return db->run(
            is_sqlite() ? "SELECT name FROM sqlite_master ORDER BY name"
                        : "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
                          " ORDER BY 1"
        );
    }

    /// Checks that migrating and opening are refused, with the reason on one line.
    void check_refused(const std::string& reason)
    {
        const auto before = tables();
        std::vector<botcore::error> refusals;
        for (const auto mode : {migrating::apply, migrating::dry_run}) {
            const auto migrated = migrate(mode);
            REQUIRE_FALSE(migrated);
            refusals.push_back(migrated.error());
        }
        const auto opened = open();
        REQUIRE_FALSE(opened);
        refusals.push_back(opened.error());

        for (const auto& refusal : refusals) {
            CHECK(refusal.code == errc::unavailable);
            CHECK_THAT(refusal.detail, Catch::Contains(reason));
            CHECK(refusal.detail.find('\n') == std::string::npos);
        }
        CHECK(tables() == before);
    }
};

const std::vector<migration> everything{
    {1, "0001_initial"},
    {2, "0002_registry"},
    {3, "0003_keys"},
    {4, "0004_streams"},
    {5, "0005_webhooks"},
    {6, "0006_access"},
    {7, "0007_state"},
    {8, "0008_webhook_headers"},
    {9, "0009_receipt_seeds"},
    {10, "0010_timelines"}};

/// The id made from a number, as a literal in SQL.
std::string id_literal(const database& db, std::uint64_t number)
{
    return literal(db, id_of<botcore::bot_id>(number).value);
}

}  // namespace

TEST_CASE_METHOD(migrate_contract, "migrate: an empty database gets the schema", "[migrate]")
{
    const auto done = migrate();

    REQUIRE(done);
    CHECK(*done == everything);
    CHECK(log.count("a migration was applied migration=0001_initial") == 1);
    const auto opened = open();
    REQUIRE(opened);
    CHECK((*opened)->ready(soon()));
    const auto at = db->run("SELECT applied_at FROM botapi_schema");
    REQUIRE(at.size() == everything.size());
    CHECK_THAT(at[0], Catch::Matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"));
}

TEST_CASE_METHOD(migrate_contract, "migrate: the second time applies nothing", "[migrate]")
{
    REQUIRE(migrate());
    const auto before = db->run("SELECT checksum FROM botapi_schema");

    const auto again = migrate();

    REQUIRE(again);
    CHECK(again->empty());
    CHECK(migrate(migrating::dry_run)->empty());
    CHECK(db->run("SELECT checksum FROM botapi_schema") == before);
    CHECK(log.count("a migration was applied") == everything.size());
}

TEST_CASE_METHOD(migrate_contract, "migrate: a dry run changes nothing", "[migrate]")
{
    const auto planned = migrate(migrating::dry_run);

    REQUIRE(planned);
    CHECK(*planned == everything);
    if (is_sqlite())
        CHECK_FALSE(std::filesystem::exists(db->url().target()));
    CHECK(tables().empty());
    CHECK(log.count("") == 0);
    CHECK(*migrate() == everything);
}

TEST_CASE_METHOD(
    migrate_contract,
    "migrate: of many concurrent processes, one migrates",
    "[migrate]"
)
{
    std::mutex mutex;
    std::vector<botcore::result<std::vector<migration>>> answers;

    race(8, [&](unsigned /*number*/) {
        auto done = migrate();
        const std::lock_guard lock{mutex};
        answers.push_back(std::move(done));
    });

    std::size_t applied = 0;
    for (const auto& answer : answers) {
        if (!answer)
            FAIL(answer.error().detail);
        applied += answer->size();
    }
    CHECK(applied == everything.size());
    CHECK(db->run("SELECT number FROM botapi_schema").size() == everything.size());
    CHECK(open());
}

TEST_CASE_METHOD(migrate_contract, "migrate: without a schema nothing is served", "[migrate]")
{
    const auto opened = open();

    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::unavailable);
    CHECK_THAT(opened.error().detail, Catch::Contains("`botapi migrate`"));
    if (is_sqlite())
        CHECK_FALSE(std::filesystem::exists(db->url().target()));
}

TEST_CASE_METHOD(migrate_contract, "migrate: tables without a history are left alone", "[migrate]")
{
    REQUIRE(migrate());
    db->run("DELETE FROM botapi_schema");

    check_refused("does not belong to botapi: it has tables of another program");
}

TEST_CASE_METHOD(migrate_contract, "migrate: a newer schema is left alone", "[migrate]")
{
    REQUIRE(migrate());
    db->run("INSERT INTO botapi_schema VALUES (999, '0999_future', 'abc', 'tomorrow')");

    check_refused("(0999_future) is newer than this program");
}

TEST_CASE_METHOD(migrate_contract, "migrate: a changed migration is refused", "[migrate]")
{
    REQUIRE(migrate());
    db->run("UPDATE botapi_schema SET checksum = 'abc'");

    check_refused("0001_initial differs from this program's");
}

TEST_CASE_METHOD(migrate_contract, "migrate: another program's tables are left alone", "[migrate]")
{
    db->run("CREATE TABLE bots (legs integer)");

    check_refused("does not belong to botapi: it has tables of another program");

    if (is_sqlite())
        CHECK(db->run("PRAGMA journal_mode") == std::vector<std::string>{"delete"});
}

TEST_CASE_METHOD(
    migrate_contract,
    "migrate: a new file gets small pages, an old one keeps its own",
    "[migrate]"
)
{
    if (!is_sqlite())
        return;
    const auto [script, size] = GENERATE(table<std::string, std::string>({
        {"SELECT 1", "2048"},
        {"PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; CREATE TABLE t (a); DROP TABLE t",
         "4096"},
    }));
    db->run(script);

    REQUIRE(migrate());

    CHECK(db->run("PRAGMA page_size") == std::vector<std::string>{size});
    CHECK(open());
}

TEST_CASE_METHOD(migrate_contract, "migrate: a running storage notices a newer schema", "[migrate]")
{
    REQUIRE(migrate());
    const auto opened = open();
    REQUIRE(opened);
    REQUIRE((*opened)->ready(soon()));

    db->run("INSERT INTO botapi_schema VALUES (999, '0999_future', 'abc', 'tomorrow')");

    const auto readiness = (*opened)->ready(soon());
    REQUIRE_FALSE(readiness);
    CHECK(readiness.error().code == errc::unavailable);
}

TEST_CASE_METHOD(
    migrate_contract,
    "migrate: a store without shards and revisions keeps its rows and gets both",
    "[migrate]"
)
{
    db->run(
        "CREATE TABLE botapi_schema (number integer PRIMARY KEY, name text NOT NULL,"
        " checksum text NOT NULL, applied_at text NOT NULL)"
    );
    for (const auto& step : steps_for(sql_of(db->url().dialect()))) {
        if (step.number > 6)
            break;
        db->run(std::string{step.sql});
        db->run(
            "INSERT INTO botapi_schema VALUES (" + std::to_string(step.number) + ", '" +
            std::string{step.name} + "', '" + step.checksum + "', '2026-11-01T00:00:00Z')"
        );
    }
    const auto talk = id_of<botcore::conversation_id>(100);
    const auto shard = std::to_string(botcore::shard_of(talk));
    const auto in = literal(*db, talk.value);
    const auto bot = id_literal(*db, 11);
    const auto ana = id_literal(*db, 21);
    const auto message = id_literal(*db, 1000);
    const auto hook = id_literal(*db, 31);
    db->run(
        "INSERT INTO bots (id, name, version, removed) VALUES (" + bot +
        ", 'Aureo', 1, 0);"
        "INSERT INTO conversations (id, shard, last_seq) VALUES (" +
        in + ", " + shard +
        ", 1);"
        "INSERT INTO pairings (conversation, bot, client) VALUES (" +
        in + ", " + bot + ", " + ana +
        ");"
        "INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client, direction,"
        " text) VALUES (" +
        message + ", " + shard + ", " + in + ", 1, 0, 0, " + bot + ", " + ana +
        ", 1, 'Oi');"
        "INSERT INTO webhook_deliveries (webhook, state, conversation, arrival, message) SELECT " +
        hook +
        ", 0, conversation, arrival, id FROM messages;"
        "INSERT INTO webhook_lines (webhook, conversation, waiting) VALUES (" +
        hook + ", " + in + ", 1)"
    );

    REQUIRE(migrate());

    for (const std::string table : {"pairings", "webhook_deliveries", "delivery_queues"})
        CHECK(db->run("SELECT shard FROM " + table) == std::vector<std::string>{shard});
    const auto opened = open();
    REQUIRE(opened);
    const std::array talks{talk};
    const auto answer = (*opened)->conversations().find(talks, {}, soon());
    REQUIRE(answer);
    REQUIRE(answer->at(0));
    CHECK(
        answer->at(0)->state ==
        botcore::conversation_state{.message_count = 1, .last_seq = 1, .revision = 1}
    );
    CHECK(answer->at(0)->last.content.text == "Oi");
}
