#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/conversation.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <optional>
#include <span>
#include <vector>

namespace botcore {

/// Tells what conversations there are.
///
/// Errors of every function: `unavailable`, `internal`.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class conversation_store {
public:
    virtual ~conversation_store() = default;

    /// Conversations as who may know of `visible` sees them: with these bots' messages and
    /// pairings alone. Absence is an answer, not an error.
    ///
    /// Cost: independent of the number of messages, if all bots are visible.
    virtual result<std::vector<std::optional<conversation>>> find(
        std::span<const conversation_id> ids,
        const visible_bots& visible,
        const read_terms& terms
    ) = 0;

    virtual result<conversation_page> list(
        const conversation_query& query,
        const read_terms& terms
    ) = 0;
};

}  // namespace botcore
