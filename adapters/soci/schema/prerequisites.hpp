#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/result.hpp>

#include <cstdint>

namespace botapi::sql {

/// What a command does with the schema of a database.
enum class schema_use : std::uint8_t { keep, change };

/// Whether the database is one that botapi can use, whatever its schema: its encoding is UTF-8, and
/// on PostgreSQL the role has a schema, in which it may make tables if it has to. Throws what the
/// driver throws.
///
/// Errors: `unavailable`, a line for the operator that says what to change.
botcore::result<> check_prerequisites(session& db, schema_use use);

}  // namespace botapi::sql
