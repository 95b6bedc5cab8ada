#include "adapters/soci/driver/sqlite/checkpointer.hpp"
#include "adapters/soci/maintenance/check.hpp"
#include "adapters/soci/schema/migrate.hpp"
#include "tests/contract/connection_hook.hpp"
#include "tests/contract/database.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

using namespace botcore;
using namespace std::chrono_literals;
using botapi::sql::database_url;
using botapi::sql::migrating;

namespace {

using rows = std::vector<std::string>;

/// A connection of another program.
class stranger {
public:
    explicit stranger(const database& db)
    {
        REQUIRE(sqlite3_open(db.url().target().c_str(), &connection_) == SQLITE_OK);
    }
    ~stranger() { sqlite3_close(connection_); }

    stranger(const stranger&) = delete;
    stranger& operator=(const stranger&) = delete;

    void run(const std::string& script)
    {
        INFO(script);
        REQUIRE(sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    }

private:
    sqlite3* connection_ = nullptr;
};

/// A storage with a single session, whose connection the hook knows.
struct sqlite_contract {
    explicit sqlite_contract(const std::string& script = {}) : hook{script} {}

    connection_hook hook;
    sql_contract sql{{.sessions = 1}};

    submission greeting(const std::string& text = "Oi!")
    {
        return submission_of({{.in = sql.talk, .from = sql.as_aureo, .to = sql.ana, .text = text}});
    }

    result<std::vector<appended>> append(
        const submission& request,
        std::chrono::milliseconds patience
    )
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        return sql.messages.append(std::vector{request}, until).at(0);
    }
};

struct empty_file {
    std::unique_ptr<database> db = make_database();
    recording_log log;

    void fill(const std::string& content)
    {
        std::ofstream{db->url().target(), std::ios::binary} << content;
    }

    [[nodiscard]] std::string content() const
    {
        std::ifstream file{db->url().target(), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
};

}  // namespace

TEST_CASE_METHOD(sqlite_contract, "sqlite: an acknowledged append is on the disk", "[sqlite]")
{
    REQUIRE(append(greeting(), 30s));

    CHECK(hook.ask("PRAGMA journal_mode") == rows{"wal"});
    CHECK(hook.ask("PRAGMA synchronous") == rows{"2"});
    CHECK(hook.ask("PRAGMA foreign_keys") == rows{"1"});
    CHECK(sql.db.run("PRAGMA journal_mode") == rows{"wal"});
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: a wait for another writer ends at the deadline",
    "[sqlite]"
)
{
    REQUIRE(append(greeting(), 30s));
    stranger other{sql.db};
    other.run("BEGIN IMMEDIATE");

    const auto began = std::chrono::steady_clock::now();
    const auto refused = append(greeting(), 300ms);
    const auto took = std::chrono::steady_clock::now() - began;

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(took >= 250ms);
    CHECK(took < 3s);
    CHECK(sql.list(sql.talk).size() == 1);
    other.run("ROLLBACK");
    REQUIRE(append(greeting(), 30s));
    CHECK(sql.list(sql.talk).size() == 2);
    CHECK(sql.find(sql.talk)->state.last_seq == 2);
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: a writer that ends in time makes no other fail",
    "[sqlite]"
)
{
    stranger other{sql.db};
    other.run("BEGIN IMMEDIATE; UPDATE bots SET name = 'Slow'");

    std::optional<result<std::vector<appended>>> answer;
    std::thread waiting{[&] { answer = append(greeting(), 30s); }};
    other.run("COMMIT");
    waiting.join();

    REQUIRE(answer);
    CHECK(*answer);
    CHECK(sql.find_bot(sql.aureo)->name == name_of("Slow"));
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: a wait for the only session ends at the deadline",
    "[sqlite]"
)
{
    stranger other{sql.db};
    other.run("BEGIN IMMEDIATE");
    std::thread holding{[&] { static_cast<void>(append(greeting(), 2s)); }};

    // Most likely the other thread has the turn and the session. If not, this append waits for the
    // stranger.
    const auto began = std::chrono::steady_clock::now();
    const auto refused = append(greeting(), 200ms);
    const auto took = std::chrono::steady_clock::now() - began;
    other.run("ROLLBACK");
    holding.join();

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(took < 1500ms);
}

// Without that room, the outcome of a commit on a full disk would be unknown.
TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: the log's index has room for the longest log",
    "[sqlite]"
)
{
    constexpr std::uintmax_t block_size = 32'768;
    constexpr std::uintmax_t frames_in_block = 4'096;
    REQUIRE(append(greeting(), 30s));

    const auto size = std::filesystem::file_size(sql.db.url().target() + "-shm");

    CHECK(size / block_size * frames_in_block >= botapi::sql::checkpointer::pages_max);
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: a full disk stores nothing, and the storage recovers",
    "[sqlite]"
)
{
    REQUIRE(append(greeting(), 30s));
    const auto opened = hook.count();
    hook.ask("PRAGMA max_page_count = " + hook.ask("PRAGMA page_count").at(0));

    const auto refused = append(greeting(std::string(60'000, 'x')), 30s);
    const auto bot = sql.add_bot(id_of<bot_id>(50), std::string(200, 'x'));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::storage_full);
    CHECK(refused.error().detail == "The database has no room left.");
    CHECK((bot || bot.error().code == errc::storage_full));
    CHECK(sql.log.count("the database's disk is full") >= 1);
    CHECK(sql.list(sql.talk).size() == 1);
    CHECK(sql.find(sql.talk)->state.last_seq == 1);

    hook.ask("PRAGMA max_page_count = 1000000");
    const auto stored = append(greeting(std::string(60'000, 'x')), 30s);
    REQUIRE(stored);
    CHECK(stored->at(0).stored.seq == 2);
    CHECK(hook.count() == opened);
}

TEST_CASE_METHOD(sqlite_contract, "sqlite: a file that can't be written refuses writes", "[sqlite]")
{
    REQUIRE(append(greeting(), 30s));
    connection_hook read_only{"PRAGMA query_only = ON"};
    auto second = open_storage(sql.db, sql.log);
    const auto until = std::chrono::steady_clock::now() + 500ms;

    const auto refused = second->messages().append(std::vector{greeting()}, until).at(0);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(sql.log.count("the database can't be reached code=8") == 1);
    CHECK(sql.list(sql.talk).size() == 1);
}

TEST_CASE_METHOD(sqlite_contract, "sqlite: a deadline that has passed stores nothing", "[sqlite]")
{
    const auto refused = append(greeting(), -1s);

    CHECK(sql.list(sql.talk).size() == (refused ? 1U : 0U));
    if (!refused)
        CHECK(refused.error().code == errc::unavailable);
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: a read that fails half-way leaves nothing open",
    "[sqlite]"
)
{
    std::vector<message_id> ids;
    for (int number = 0; number < 3; ++number)
        ids.push_back(append(greeting(), 30s)->at(0).stored.id);
    sql.db.run("PRAGMA ignore_check_constraints = ON; UPDATE messages SET form = -1 WHERE seq = 2");

    const auto refused = sql.messages.find(ids, soon());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::internal);
    CHECK(append(greeting(), 30s));
    CHECK(sql.messages.find(std::vector{ids[0], ids[2]}, soon()));
}

TEST_CASE_METHOD(sqlite_contract, "sqlite: a damaged file is detected", "[sqlite]")
{
    for (int number = 0; number < 20; ++number)
        REQUIRE(append(greeting(std::string(3'000, 'x')), 30s));
    sql.db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto file = sql.db.url().target();
    const auto half = std::filesystem::file_size(file) / 2 / 4096 * 4096;
    {
        std::fstream damaged{file, std::ios::binary | std::ios::in | std::ios::out};
        damaged.seekp(static_cast<std::streamoff>(half));
        damaged << std::string(8'192, 'x');
    }

    const auto report = botapi::sql::check(sql.db.url(), sql.log);

    // SQLite itself may find the damage in any statement.
    if (report)
        CHECK_FALSE(report->findings.empty());
    else
        CHECK(report.error().code == errc::internal);
}

TEST_CASE_METHOD(empty_file, "sqlite: a file that is not a database stays unchanged", "[sqlite]")
{
    const auto [content, reason] = GENERATE(table<std::string, std::string>({
        {std::string(5'000, 'x'), "does not belong to botapi: it is not a SQLite file."},
        {"SQLite format 3", "does not belong to botapi: it is not a SQLite file."},
    }));
    fill(content);

    const auto migrated = botapi::sql::migrate(db->url(), migrating::apply, log);
    const auto opened = botapi::sql::sql_storage::open(db->url(), {}, log);
    const auto checked = botapi::sql::check(db->url(), log);

    REQUIRE_FALSE(migrated);
    CHECK_THAT(migrated.error().detail, Catch::Contains(reason));
    REQUIRE_FALSE(opened);
    CHECK_THAT(opened.error().detail, Catch::Contains(reason));
    CHECK(opened.error().code == errc::unavailable);
    REQUIRE_FALSE(checked);
    CHECK(this->content() == content);
}

TEST_CASE_METHOD(empty_file, "sqlite: the storage survives a file that was replaced", "[sqlite]")
{
    REQUIRE(botapi::sql::migrate(db->url(), migrating::apply, log));
    const auto whole = content();
    const auto opened = open_storage(*db, log);
    fill(std::string(5'000, 'x'));
    const std::vector ids{id_of<bot_id>(1)};

    const auto refused = opened->bots().find(ids, soon());
    const auto readiness = opened->ready(soon());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::internal);
    CHECK(log.count("the database refused a statement code=26") >= 1);
    REQUIRE_FALSE(readiness);
    CHECK(readiness.error().code == errc::unavailable);
    fill(whole);
    CHECK(opened->bots().find(ids, soon()));
    CHECK(opened->ready(soon()));
}

TEST_CASE_METHOD(empty_file, "sqlite: an empty file becomes a database", "[sqlite]")
{
    fill("");

    CHECK(botapi::sql::migrate(db->url(), migrating::apply, log));
    CHECK(botapi::sql::sql_storage::open(db->url(), {}, log));
}

TEST_CASE("sqlite: a missing folder is named", "[sqlite]")
{
    recording_log log;
    const auto url = database_url::parse("sqlite:/nowhere/at/all.db");

    const auto migrated = botapi::sql::migrate(*url, migrating::apply, log);

    REQUIRE_FALSE(migrated);
    CHECK(migrated.error().code == errc::unavailable);
    CHECK_THAT(migrated.error().detail, Catch::Contains("sqlite:/nowhere/at/all.db"));
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: nothing is acknowledged once a file was removed, renamed or replaced",
    "[sqlite]"
)
{
    REQUIRE(append(greeting(), 30s));
    const std::filesystem::path file{sql.db.url().target()};
    const auto suffix = GENERATE("", "-wal", "-shm");
    const bool is_replaced = GENERATE(false, true);
    const auto moved = file.string() + suffix;
    std::filesystem::rename(moved, moved + ".aside");
    if (is_replaced)
        std::filesystem::copy_file(moved + ".aside", moved);

    const auto refused = append(greeting(), 30s);
    const auto readiness = sql.tested.ready(soon());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK_THAT(refused.error().detail, Catch::Contains("removed, or replaced"));
    REQUIRE_FALSE(readiness);
    CHECK(readiness.error().code == errc::unavailable);
    CHECK(sql.log.count("the database's files were removed or replaced") == 1);
    std::filesystem::rename(moved + ".aside", moved);
    CHECK(append(greeting(), 30s));
    CHECK(sql.tested.ready(soon()));
    CHECK(sql.log.count("the database's files are back") == 1);
}

TEST_CASE_METHOD(
    sqlite_contract,
    "sqlite: a file that was removed is reported though nobody writes",
    "[sqlite]"
)
{
    std::filesystem::remove(sql.db.url().target());

    const auto until = std::chrono::steady_clock::now() + 20s;
    while (sql.log.count("the database's files were removed") == 0)
        REQUIRE(std::chrono::steady_clock::now() < until);
}
