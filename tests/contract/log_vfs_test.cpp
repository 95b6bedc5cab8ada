#include "adapters/soci/driver/sqlite/log_vfs.hpp"

#include "tests/contract/database.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sqlite3.h>
#include <sys/resource.h>

namespace {

/// A connection that runs no automatic checkpoints.
class connection {
public:
    explicit connection(const std::string& file)
    {
        botapi::sql::use_log_vfs();
        REQUIRE(sqlite3_open(file.c_str(), &database_) == SQLITE_OK);
        CHECK(run("PRAGMA wal_autocheckpoint = 0") == SQLITE_OK);
    }
    ~connection() { sqlite3_close(database_); }

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    int run(const std::string& script)
    {
        return sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr);
    }

    std::string ask(const std::string& question)
    {
        std::string answer;
        const auto append = [](void* to, int, char** values, char**) {
            static_cast<std::string*>(to)->append(values[0] ? values[0] : "");
            return 0;
        };
        INFO(question);
        CHECK(sqlite3_exec(database_, question.c_str(), append, &answer, nullptr) == SQLITE_OK);
        return answer;
    }

private:
    sqlite3* database_ = nullptr;
};

/// Inserts `count` rows of about a page each.
std::string write_rows(int count)
{
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
           std::to_string(count) +
           ") INSERT INTO kept (content) SELECT hex(randomblob(1500)) FROM n;";
}

struct log_contract {
    std::unique_ptr<database> db = make_database();
    std::string file = db->url().target();
    connection writer{file};

    log_contract()
    {
        REQUIRE(writer.ask("PRAGMA journal_mode = WAL") == "wal");
        REQUIRE(
            writer.run("CREATE TABLE kept (id INTEGER PRIMARY KEY, content TEXT)") == SQLITE_OK
        );
    }

    [[nodiscard]] std::uintmax_t log_size() const
    {
        return std::filesystem::file_size(file + "-wal");
    }

    /// The answer to a question after a crash at this moment, from a copy of the files.
    [[nodiscard]] std::string after_crash(const std::string& question) const
    {
        const std::string copy = file + ".copy";
        using std::filesystem::copy_options;
        std::filesystem::copy_file(file, copy, copy_options::overwrite_existing);
        std::filesystem::copy_file(file + "-wal", copy + "-wal", copy_options::overwrite_existing);
        connection recovered{copy};
        CHECK(recovered.ask("PRAGMA integrity_check") == "ok");
        return recovered.ask(question);
    }
};

/// The number of write system calls of this process.
std::size_t writes()
{
    std::ifstream counters{"/proc/self/io"};
    std::string name;
    std::size_t count = 0;
    while (counters >> name >> count) {
        if (name == "syscw:")
            return count;
    }
    FAIL("the system does not count calls");
    return 0;
}

/// Limits the size of files while it exists.
class size_limit {
public:
    explicit size_limit(std::uintmax_t size)
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limited = before_;
        limited.rlim_cur = size;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limited) == 0);
    }
    ~size_limit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_before_);
    }

    size_limit(const size_limit&) = delete;
    size_limit& operator=(const size_limit&) = delete;

private:
    rlimit before_{};
    void (*signal_before_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

constexpr auto count = "SELECT count(*) FROM kept";

}  // namespace

TEST_CASE_METHOD(log_contract, "log: a transaction is written with few system calls", "[sqlite]")
{
    const auto before = writes();
    const auto size_before = log_size();
    REQUIRE(writer.run(write_rows(400)) == SQLITE_OK);

    const auto pages = (log_size() - size_before) / 4120;
    CHECK(pages > 400);
    CHECK(writes() - before < pages / 5);
}

TEST_CASE_METHOD(log_contract, "log: a committed transaction is in the file", "[sqlite]")
{
    const auto* const mode = GENERATE("OFF", "NORMAL", "FULL");
    REQUIRE(writer.run("PRAGMA synchronous = " + std::string{mode}) == SQLITE_OK);
    connection other{file};

    REQUIRE(writer.run(write_rows(100)) == SQLITE_OK);

    CHECK(other.ask(count) == "100");
    CHECK(after_crash(count) == "100");
}

// With too small a cache, SQLite writes pages before the commit, reads them again, and overwrites
// them.
TEST_CASE_METHOD(log_contract, "log: a transaction reads its own writes", "[sqlite]")
{
    const auto* const mode = GENERATE("OFF", "FULL");
    REQUIRE(writer.run("PRAGMA synchronous = " + std::string{mode}) == SQLITE_OK);
    REQUIRE(writer.run("PRAGMA cache_size = 10; BEGIN; " + write_rows(300)) == SQLITE_OK);
    REQUIRE(writer.run("UPDATE kept SET content = id || content") == SQLITE_OK);
    REQUIRE(writer.run("UPDATE kept SET content = 'new' || content") == SQLITE_OK);

    CHECK(writer.ask("SELECT count(*) FROM kept WHERE content LIKE 'new' || id || '%'") == "300");
    CHECK(after_crash(count) == "0");
    SECTION("and commits it")
    {
        REQUIRE(writer.run("COMMIT") == SQLITE_OK);
        CHECK(after_crash("SELECT count(*) FROM kept WHERE content LIKE 'new%'") == "300");
    }
    SECTION("or rolls back, and others follow")
    {
        REQUIRE(writer.run("ROLLBACK; " + write_rows(7)) == SQLITE_OK);
        CHECK(connection{file}.ask(count) == "7");
        CHECK(after_crash(count) == "7");
    }
}

TEST_CASE_METHOD(
    log_contract,
    "log: a transaction that can't be written is not committed",
    "[sqlite]"
)
{
    const auto room = GENERATE(0U, 1'000U, 4'120U, 70'000U, 200'000U);
    REQUIRE(writer.run(write_rows(20)) == SQLITE_OK);
    {
        const size_limit limit{log_size() + room};
        CHECK(writer.run(write_rows(100)) != SQLITE_OK);
        CHECK(writer.ask(count) == "20");
    }

    CHECK(after_crash(count) == "20");
    REQUIRE(writer.run(write_rows(3)) == SQLITE_OK);
    CHECK(connection{file}.ask(count) == "23");
    CHECK(after_crash(count) == "23");
}
