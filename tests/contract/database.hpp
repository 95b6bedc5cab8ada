#pragma once

#include "adapters/soci/soci_storage.hpp"
#include "tests/contract/fixture.hpp"

#include <botcore/ports/log.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

/// Keeps what was logged.
class kept_log final : public botcore::log {
public:
    using log::write;
    void write(
        botcore::severity severity,
        std::string_view event,
        std::span<const botcore::log_field> fields
    ) override;

    /// How many of its lines have `part` in them.
    [[nodiscard]] std::size_t count(std::string_view part) const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> events_;
};

/// A database of its own, that goes away with this object.
class database {
public:
    virtual ~database() = default;

    [[nodiscard]] virtual botapi::sql::database_url url() const = 0;

    /// Runs statements on a connection that is not ours, where no foreign key is looked after, and
    /// answers with the first column of the last one's rows.
    virtual std::vector<std::string> run(const std::string& script) = 0;
};

/// A database with nothing in it. Each executable links one definition.
std::unique_ptr<database> make_database();

/// A database with the schema.
std::unique_ptr<database> make_migrated_database();

/// A storage on `place`. Fails the test if it can't be opened.
std::unique_ptr<botapi::sql::sql_storage> open_storage(
    const database& place,
    botcore::log& log,
    const botapi::sql::storage_options& options = {}
);

/// The id as SQL writes it in `place`.
std::string literal(const database& place, const botcore::uuid& id);

/// A storage on a database with the schema.
class sql_backend final : public backend {
public:
    explicit sql_backend(const botapi::sql::storage_options& options = {})
        : storage_{open_storage(*place_, log_, options)}
    {
    }

    botcore::storage& storage() noexcept override { return *storage_; }
    database& place() noexcept { return *place_; }
    kept_log& log() noexcept { return log_; }

private:
    kept_log log_;
    std::unique_ptr<database> place_ = make_migrated_database();
    std::unique_ptr<botapi::sql::sql_storage> storage_;
};

/// As `storage_contract`, with the database within reach.
struct sql_contract : storage_contract {
    explicit sql_contract(const botapi::sql::storage_options& options = {})
        : storage_contract{std::make_unique<sql_backend>(options)}
    {
    }

    sql_backend& sql = static_cast<sql_backend&>(*held);
    database& place = sql.place();
    kept_log& log = sql.log();
};

/// One message of a submission with a receipt, as a client sends it again and again.
botcore::submission once(const said& one, std::uint64_t key);
