#include "tests/contract/database_postgresql.hpp"

#include "adapters/soci/schema/migrate.hpp"

#include <catch2/catch.hpp>
#include <libpq-fe.h>

#include <atomic>
#include <cstdlib>

std::string server_url()
{
    const char* const url = std::getenv("BOTAPI_TEST_POSTGRES");
    if (url == nullptr)
        throw std::runtime_error{"run this by with_postgres.py: BOTAPI_TEST_POSTGRES is not set"};
    return url;
}

std::uint16_t server_port()
{
    const auto url = server_url();
    return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
}

std::unique_ptr<botapi::sql::sql_storage> open_through(
    std::uint16_t port,
    const database& db,
    botcore::log& log,
    const std::string& parameters,
    const botapi::sql::storage_options& options
)
{
    const auto target = db.url().target();
    const auto name = target.substr(target.rfind('/'));
    const auto url = botapi::sql::database_url::parse(
        "postgresql://botapi@127.0.0.1:" + std::to_string(port) + name + parameters
    );
    auto opened = botapi::sql::sql_storage::open(*url, options, log);
    REQUIRE(opened);
    return *std::move(opened);
}

std::vector<std::string> run_on(const std::string& url, const std::string& script)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{
        PQconnectdb(url.c_str()),
        &PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{
        PQexec(connection.get(), script.c_str()),
        &PQclear};
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error{PQerrorMessage(connection.get())};
    std::vector<std::string> rows;
    for (int row = 0; row < PQntuples(answer.get()); ++row)
        rows.emplace_back(PQgetvalue(answer.get(), row, 0));
    return rows;
}

namespace {

std::string next_name()
{
    static std::atomic<int> last{0};
    return "case_" + std::to_string(++last);
}

class postgresql_database final : public database {
public:
    explicit postgresql_database(const std::string& from) : name_{next_name()}
    {
        run_on(server_url() + "postgres", "CREATE DATABASE " + name_ + " TEMPLATE " + from);
    }
    ~postgresql_database() override
    {
        try {
            run_on(server_url() + "postgres", "DROP DATABASE " + name_ + " WITH (FORCE)");
        } catch (const std::exception&) {
            // The database is deleted together with the server.
        }
    }

    postgresql_database(const postgresql_database&) = delete;
    postgresql_database& operator=(const postgresql_database&) = delete;

    [[nodiscard]] botapi::sql::database_url url() const override
    {
        return *botapi::sql::database_url::parse(server_url() + name_);
    }

    std::vector<std::string> run(const std::string& script) override
    {
        return run_on(server_url() + name_, "SET session_replication_role = replica;" + script);
    }

private:
    std::string name_;
};

}  // namespace

std::unique_ptr<database> make_database()
{
    return std::make_unique<postgresql_database>("template0");
}

std::unique_ptr<database> make_migrated_database()
{
    static const bool has_template = [] {
        run_on(server_url() + "postgres", "CREATE DATABASE botapi_template TEMPLATE template0");
        recording_log log;
        const auto url = botapi::sql::database_url::parse(server_url() + "botapi_template");
        return botapi::sql::migrate(*url, botapi::sql::migrating::apply, log).has_value();
    }();
    REQUIRE(has_template);
    return std::make_unique<postgresql_database>("botapi_template");
}
