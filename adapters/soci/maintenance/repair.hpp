#pragma once

#include "adapters/soci/maintenance/check.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace botapi::sql {

enum class repairing : std::uint8_t {
    dry_run,  ///< Makes all repairs, and rolls them back.
    apply,
};

/// The repairs that `repair` made, or would make.
struct repair_report {
    std::vector<std::string> repairs{};  ///< A line for each, up to `findings_max` of one kind.
    check_report unrepaired{};           ///< The result of a check after the repairs.
};

/// Repairs data that can be derived from the messages: missing bots, conversations and participants
/// that messages refer to; last numbers that are too small; participants without messages; shards.
/// Never deletes a message, and changes nothing in one but its shard. All in one transaction, while
/// nobody else writes.
///
/// Missing messages, and the gaps that they leave, can't be repaired: restore them from a backup.
///
/// Errors: `unavailable`, a line for the operator; `internal`.
botcore::result<repair_report> repair(const database_url& url, repairing mode, botcore::log& log);

}  // namespace botapi::sql
