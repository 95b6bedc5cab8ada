#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <botcore/ports/log.hpp>
#include <botcore/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace botapi::sql {

/// A numbered change of the schema.
struct migration {
    std::int64_t number;
    std::string name;  ///< As in `0001_initial`.

    friend bool operator==(const migration&, const migration&) = default;
};

enum class migrating : std::uint8_t {
    apply,
    upgrade,  ///< As `apply`, but refuse a database that has no schema yet, instead of making one.
    dry_run,  ///< Change nothing.
};

/// The refusal of a database that holds nothing, where one with data is expected.
botcore::error refusal_of_empty(const database_url& url);

/// Migrates a database to this program's schema. Returns the migrations that it applied, or after a
/// dry run, the migrations that it would apply. There are none if the schema is up to date.
///
/// Creates a SQLite file if it does not exist, unless it only upgrades. Each migration is one
/// transaction under a lock. So any number of processes may migrate at once: one of them applies a
/// migration, and the others skip it.
///
/// Errors: `unavailable`, with a line for the operator, if the database can't be reached, does not
/// belong to botapi, has a newer schema, or has a migration that was changed after it was applied;
/// `storage_full`; `internal`.
botcore::result<std::vector<migration>> migrate(
    const database_url& url,
    migrating mode,
    botcore::log& log
);

}  // namespace botapi::sql
