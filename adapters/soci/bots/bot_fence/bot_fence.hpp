#pragma once

#include "adapters/soci/driver/session.hpp"

#include <string_view>

// What guards bots and appends against each other:
// - the lock of this header, under which every transaction writes;
// - the registry's version, by which an append knows that the bots it was planned for are still the
//   ones that are registered (`bot_registry`);
// - the horizon, up to which no append that is under way can still add to a bot's stream
//   (`stream_horizon`).

namespace botapi::sql {

/// No bot is registered, changed or removed while the transaction lasts. On PostgreSQL this and
/// the next are the two modes of one advisory lock, whose key is "bots" in ASCII.
inline constexpr write_lock bots_stay{"SELECT pg_advisory_xact_lock_shared(1651471475)"};

/// The transaction changes bots: no other transaction that writes is under way.
inline constexpr write_lock bots_change{"SELECT pg_advisory_xact_lock(1651471475)"};

/// PostgreSQL's condition that the registry has the version in parameter `$1`.
inline constexpr std::string_view registry_is_unchanged =
    "EXISTS (SELECT FROM registry WHERE version = $1)";

/// Selects, on PostgreSQL, the virtual transaction ids of those who hold `bots_stay`: of all
/// appends that are under way.
inline constexpr std::string_view select_writers =
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid = 0 AND objsubid = 1 AND mode = 'ShareLock' AND granted"
    " AND objid = 1651471475";

}  // namespace botapi::sql
