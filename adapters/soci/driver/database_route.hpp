#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <cstdint>
#include <optional>

namespace botapi::sql {

/// What a pooler does with the sessions of this program.
enum class pooling : std::uint8_t {
    /// Nothing: a connection keeps its server session. There is no pooler, or one in session mode.
    none,
    /// Each transaction may run on another server session, and the pooler prepares the statements
    /// there, as PgBouncer does with `pool_mode=transaction` and `max_prepared_statements`.
    tracked,
    /// The same, but prepared statements are lost; or there are no transactions at all.
    untracked,
};

/// What a database is for this program.
enum class node_role : std::uint8_t {
    primary,  ///< Takes all writes, and reads.
    copy,     ///< A standby, for reads that need not be the latest.
};

/// How this program reaches a database.
struct database_route {
    database_url url;
    pooling pooled = pooling::none;  ///< On the way of `url`.

    /// The way past a pooler, for LISTEN. Nothing: `url`.
    std::optional<database_url> direct{};
    node_role role = node_role::primary;
};

}  // namespace botapi::sql
