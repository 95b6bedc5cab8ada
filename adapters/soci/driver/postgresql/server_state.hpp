#pragma once

#include "adapters/soci/driver/failure.hpp"

#include <libpq-fe.h>

#include <optional>
#include <string_view>

namespace botapi::sql {

/// Selects whether a server takes writes: one number, which `state_from` reads.
inline constexpr std::string_view state_query =
    "SELECT CASE WHEN pg_is_in_recovery() THEN 1"
    " WHEN current_setting('default_transaction_read_only')::boolean THEN 2 ELSE 0 END";

database_state state_from(std::uint64_t answer) noexcept;

/// Whether the server takes writes, according to its last answer. PostgreSQL 14 and newer report
/// each change before the end of an answer. Nothing if a pooler does not pass the report on.
std::optional<database_state> reported_state(const PGconn& connection) noexcept;

}  // namespace botapi::sql
