#pragma once

#include "adapters/soci/driver/session.hpp"

#include <string_view>

// Three mechanisms keep bots and appends consistent:
// - the lock of this header, under which every transaction writes;
// - the registry's version, by which an append verifies that the bots for which it was planned are
//   still registered (`bot_registry`);
// - the horizon, up to which no running append can still add to a bot's stream (`stream_horizon`).

namespace botapi::sql {

/// The lock of a transaction during which no bot may be registered or removed. On PostgreSQL it is
/// the shared mode of an advisory lock, and `bots_change` is the exclusive mode. The key of the
/// lock is "bots" in ASCII.
inline constexpr write_lock bots_stay{"SELECT pg_advisory_xact_lock_shared(1651471475)"};

/// The lock of a transaction that changes bots: it excludes all other transactions that write.
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
