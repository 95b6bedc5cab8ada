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
    std::vector<std::string> findings{};  ///< One sentence each. Empty if no rule is broken.
    std::uint64_t conversations = 0;      ///< Number checked.
    std::uint64_t messages = 0;           ///< Number checked.
    std::string remark{};                 ///< What could not be checked. Empty if nothing.
};

/// Checks that all stored data keeps the rules, and changes nothing. It checks the history of the
/// schema and the integrity of a SQLite file. It checks that the messages of a conversation are
/// numbered from 1 to its `last_seq` in the order of arrival. It checks that every message has its
/// conversation, its bot and its pairing, and that every pairing has a message. It checks shards,
/// timestamps, names, delivery queues and deliveries. It reads all messages, from a snapshot of the
/// start. It also reads a copy of a SQLite file that it may not write, with or without its
/// write-ahead log, and makes no files beside it.
///
/// Errors: `unavailable`, with a line for the operator; `internal`.
botcore::result<check_report> check(const database_url& url, botcore::log& log);

}  // namespace botapi::sql
