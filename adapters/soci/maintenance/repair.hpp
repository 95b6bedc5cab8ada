#pragma once

#include "adapters/soci/maintenance/check.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace botapi::sql {

enum class repairing : std::uint8_t {
    dry_run,  ///< Make all repairs and roll them back.
    apply,
};

/// The repairs that `repair` made, or would make.
struct repair_report {
    std::vector<std::string> repairs{};  ///< A line for each, up to `findings_max` of one kind.
    check_report unrepaired{};           ///< The result of a check after the repairs.
};

/// Repairs data that can be derived from the messages. It adds missing bots, conversations and
/// participants of messages. It raises last numbers that are too small, removes participants
/// without messages, and corrects shards. It never deletes a message, and changes only the shard of
/// a message. All repairs are one transaction, during which nobody else stores messages or changes
/// bots.
///
/// Missing messages, and the gaps that they leave, can't be repaired: restore them from a backup.
///
/// Errors: `unavailable`, with a line for the operator; `internal`.
botcore::result<repair_report> repair(const database_url& url, repairing mode, botcore::log& log);

}  // namespace botapi::sql
