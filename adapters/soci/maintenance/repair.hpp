#pragma once

#include "adapters/soci/maintenance/check.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace botapi::sql {

enum class repairing : std::uint8_t {
    dry_run,  ///< Does it all, and takes it back.
    apply,
};

/// What `repair` did, or would do.
struct repair_report {
    std::vector<std::string> repairs{};  ///< A line for each, up to `findings_max` of one kind.
    check_report left{};                 ///< What is found afterwards.
};

/// Mends what follows from the messages alone, which are never deleted nor changed but for their
/// shard: bots, conversations and participants that messages name and that are missing; last
/// numbers that are too small; participants who said nothing; shards. All in one transaction, while
/// nobody else writes.
///
/// Messages that are missing can't be mended, nor what their loss left behind: a backup has them.
///
/// Errors: `unavailable`, a line for the operator; `internal`.
botcore::result<repair_report> repair(const database_url& url, repairing mode, botcore::log& log);

}  // namespace botapi::sql
