#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <botcore/ports/log.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace botapi::sql {

/// The maximum number of findings of one rule in a report.
inline constexpr std::size_t findings_max = 20;

/// The result of `check`.
struct check_report {
    std::vector<std::string> findings{};  ///< A sentence for each; none if all is well.
    std::uint64_t conversations = 0;      ///< How many were checked.
    std::uint64_t messages = 0;           ///< How many were checked.
};

/// Checks that all stored data keeps the rules, and changes nothing. It checks the schema's history
/// and SQLite's own integrity; that the numbers of a conversation's messages are 1 to its
/// `last_seq` in the order of arrival; that every message has its conversation, bot and pairing,
/// and every pairing a message; that shards, timestamps and names are correct. Sees the database as
/// it was at the start. Reads all messages.
///
/// Errors: `unavailable`, a line for the operator; `internal`.
botcore::result<check_report> check(const database_url& url, botcore::log& log);

}  // namespace botapi::sql
