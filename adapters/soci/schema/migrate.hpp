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
    dry_run,  ///< Change nothing.
};

/// Brings a database to this program's schema. Returns the migrations that were applied, or, after
/// a dry run, those that would be: none if the schema is up to date.
///
/// Creates a SQLite file that does not exist. Each migration is one transaction, under a lock, so
/// that any number of processes may migrate at once: one applies it, and the others find it
/// applied.
///
/// Errors: `unavailable`, a line for the operator: the database can't be reached, does not belong
/// to botapi, has a newer schema, or has a migration that was changed after it was applied;
/// `storage_full`; `internal`.
botcore::result<std::vector<migration>> migrate(
    const database_url& url,
    migrating mode,
    botcore::log& log
);

}  // namespace botapi::sql
