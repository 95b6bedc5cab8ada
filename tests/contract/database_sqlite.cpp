#include "adapters/soci/schema/migrate.hpp"
#include "tests/contract/database.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <sqlite3.h>
#include <unistd.h>

namespace {

class sqlite_database final : public database {
public:
    sqlite_database()
    {
        std::string name =
            (std::filesystem::temp_directory_path() / "botapi-contract-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error{"no folder for a database"};
        folder_ = name;
    }
    ~sqlite_database() override
    {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    sqlite_database(const sqlite_database&) = delete;
    sqlite_database& operator=(const sqlite_database&) = delete;

    [[nodiscard]] botapi::sql::database_url url() const override
    {
        return *botapi::sql::database_url::parse("sqlite:" + (folder_ / "a b=c.db").string());
    }

    std::vector<std::string> run(const std::string& script) override
    {
        sqlite3* connection = nullptr;
        REQUIRE(sqlite3_open(url().target().c_str(), &connection) == SQLITE_OK);
        sqlite3_busy_timeout(connection, 10'000);
        std::vector<std::string> rows;
        const auto collect = [](void* all, int, char** values, char**) {
            static_cast<std::vector<std::string>*>(all)->emplace_back(values[0] ? values[0] : "");
            return 0;
        };
        const int code = sqlite3_exec(connection, script.c_str(), collect, &rows, nullptr);
        INFO(script << ": " << sqlite3_errmsg(connection));
        CHECK(code == SQLITE_OK);
        sqlite3_close(connection);
        return rows;
    }

private:
    std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<database> make_database()
{
    return std::make_unique<sqlite_database>();
}

std::unique_ptr<database> make_migrated_database()
{
    auto migrated = make_database();
    recording_log log;
    REQUIRE(botapi::sql::migrate(migrated->url(), botapi::sql::migrating::apply, log));
    return migrated;
}
