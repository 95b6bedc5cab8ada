#pragma once

#include "adapters/soci/driver/session.hpp"

#include <string_view>

// Three mechanisms keep bots and appends consistent:
// - the lock of this header, under which every transaction writes;
// - the registry's version, by which an append verifies that the bots for which it was planned are
//   still registered (`bot_registry`);
// - the horizon, up to which no running append can still add to a bot's stream (`stream_horizon`).

namespace botapi::sql {

/// Keeps bots from being registered or removed during the transaction. On PostgreSQL, this
/// and `bots_change` are the two modes of one advisory lock, whose key is "bots" in ASCII.
inline constexpr write_lock bots_stay{"SELECT pg_advisory_xact_lock_shared(1651471475)"};

/// For a transaction that changes bots: no other transaction writes meanwhile.
inline constexpr write_lock bots_change{"SELECT pg_advisory_xact_lock(1651471475)"};

/// PostgreSQL's condition that the registry has the version in parameter `$1`.
inline constexpr std::string_view registry_is_unchanged =
    "EXISTS (SELECT FROM registry WHERE version = $1)";

/// Selects, on PostgreSQL, the virtual transaction ids of the transactions that hold `bots_stay`:
/// those of all running appends.
inline constexpr std::string_view select_writers =
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid = 0 AND objsubid = 1 AND mode = 'ShareLock' AND granted"
    " AND objid = 1651471475";

}  // namespace botapi::sql
