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

/// Finds and lists conversations.
///
/// Errors of every function: `unavailable`, `internal`.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class conversation_store {
public:
    virtual ~conversation_store() = default;

    /// The conversations as a caller that may see `visible` sees them: with the messages and
    /// pairings of these bots only. Absence is an answer, not an error.
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
