#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// One numbered step of the schema, compiled into the program.
struct schema_step {
    std::int64_t number;
    std::string_view name;  ///< As in `0001_initial`.
    std::string_view sql;
    std::string checksum;  ///< SHA-256, in hexadecimal.
};

/// The program's steps for a database, in their order. They are hashed at the first call.
const std::vector<schema_step>& steps_for(const sql_dialect& dialect);

/// A step that was applied to a database.
struct applied_step {
    std::int64_t number;
    std::string name;
    std::string checksum;
};

/// The state of a database's schema.
struct schema_state {
    bool has_history = false;             ///< Whether the table of applied steps exists.
    bool is_taken = false;                ///< Whether tables exist that could conflict with ours.
    std::vector<applied_step> applied{};  ///< In the order of their numbers.
};

/// Reads the state. Throws what the driver throws.
schema_state read_schema_state(session& db);

/// Whether the program can migrate from this state: the applied steps must be the first steps of
/// the program.
///
/// Errors: `unavailable` if the database belongs to another program, has a newer schema, or has a
/// step that was changed after it was applied.
botcore::result<> check_history(const schema_state& state, const std::vector<schema_step>& steps);

/// Whether the schema is exactly the program's.
///
/// Errors: those of `check_history`; `unavailable` if steps are missing.
botcore::result<> check_schema(session& db);

}  // namespace botapi::sql
