#pragma once

#include "adapters/soci/sql_storage.hpp"
#include "tests/contract/fixture.hpp"

#include <botcore/ports/log.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

/// Records the lines that were logged.
class recording_log final : public botcore::log {
public:
    using log::write;
    void write(
        botcore::severity severity,
        std::string_view event,
        std::span<const botcore::log_field> fields
    ) override;

    /// How many lines contain `part`.
    [[nodiscard]] std::size_t count(std::string_view part) const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> events_;
};

/// A database for one test. The destructor drops it.
class database {
public:
    virtual ~database() = default;

    [[nodiscard]] virtual botapi::sql::database_url url() const = 0;

    /// Runs statements on a connection that does not belong to the storage, and on which foreign
    /// keys are not enforced. Returns the first column of the last statement's rows.
    virtual std::vector<std::string> run(const std::string& script) = 0;
};

/// Creates an empty database. Each executable links one definition.
std::unique_ptr<database> make_database();

/// Creates a database with the schema.
std::unique_ptr<database> make_migrated_database();

/// Opens a storage on `db`. Fails the test if it can't be opened.
std::unique_ptr<botapi::sql::sql_storage> open_storage(
    const database& db,
    botcore::log& log,
    const botapi::sql::storage_options& options = {}
);

/// An id as a literal in the SQL of `db`.
std::string literal(const database& db, const botcore::uuid& id);

/// A storage on a database with the schema.
class sql_backend final : public backend {
public:
    explicit sql_backend(const botapi::sql::storage_options& options = {})
        : storage_{open_storage(*db_, log_, options)}
    {
    }

    botcore::storage& storage() noexcept override { return *storage_; }
    void advance(std::chrono::nanoseconds time) override;
    database& db() noexcept { return *db_; }
    recording_log& log() noexcept { return log_; }

private:
    recording_log log_;
    std::unique_ptr<database> db_ = make_migrated_database();
    std::unique_ptr<botapi::sql::sql_storage> storage_;
};

/// As `storage_contract`, with access to the database.
struct sql_contract : storage_contract {
    explicit sql_contract(const botapi::sql::storage_options& options = {})
        : storage_contract{std::make_unique<sql_backend>(options)}
    {
    }

    sql_backend& sql = static_cast<sql_backend&>(*owned_backend);
    database& db = sql.db();
    recording_log& log = sql.log();
};

/// A submission of one message with a receipt, which a client may repeat.
botcore::submission once(const message_spec& spec, std::uint64_t key);
