#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <botcore/ports/log.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace botapi::sql {

/// Most findings of one rule that a report tells of.
inline constexpr std::size_t findings_max = 20;

/// What `check` found.
struct check_report {
    std::vector<std::string> findings{};  ///< A sentence for each. None: all is well.
    std::uint64_t conversations = 0;      ///< How many were looked at.
    std::uint64_t messages = 0;           ///< How many were looked at.
};

/// Looks whether everything stored keeps the rules, and changes nothing: the schema's history, the
/// database's own integrity (SQLite), that the numbers of a conversation's messages are 1 to its
/// `last_seq` in the order of arrival, that every message has its conversation, bot and pairing,
/// and every pairing a message, that shards, timestamps and names are right. Sees the database as
/// it was when it began. Reads all messages.
///
/// Errors: `unavailable`, a line for the operator; `internal`.
botcore::result<check_report> check(const database_url& url, botcore::log& log);

}  // namespace botapi::sql
