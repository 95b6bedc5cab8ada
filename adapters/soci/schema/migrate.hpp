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

/// Brings a database to the schema of this program, and answers with the migrations that were
/// applied, or that a dry run would have applied. None: the schema was right.
///
/// Creates a SQLite file that is not there. Each migration is one transaction, under a lock, so
/// that any number of processes may migrate at once: one does it, and the others find it done.
///
/// Errors: `unavailable`, a line for the operator: the database can't be reached, is none of
/// botapi's, has a newer schema, or went a migration that was changed since; `storage_full`;
/// `internal`.
botcore::result<std::vector<migration>> migrate(
    const database_url& url,
    migrating mode,
    botcore::log& log
);

}  // namespace botapi::sql
