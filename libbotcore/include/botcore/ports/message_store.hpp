#pragma once

#include <botcore/domain/draft.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace botcore {

/// Keeps the messages.
///
/// Errors of every function: `unavailable`, `internal`. The others are listed where they arise.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class message_store {
public:
    virtual ~message_store() = default;

    /// Stores submissions, each whole or not at all, with the rules of `append_plan`, and answers
    /// in their order. Refusing one does not harm the others; all that are stored become durable at
    /// once, and with them their receipts.
    ///
    /// Within a conversation, `seq` grows by one from message to message in the order in which they
    /// become visible, whatever number of processes write to it: who has seen a `seq` has seen or
    /// can see all that are smaller.
    ///
    /// Errors: those of `append_plan`; `storage_full`; `outcome_unknown`, after which submitting
    /// the same entries again is safe.
    virtual std::vector<result<std::vector<appended>>> append(
        std::span<const submission> submissions,
        deadline until
    ) = 0;

    /// Absence is an answer, not an error.
    virtual result<std::vector<std::optional<message>>> find(
        std::span<const message_id> ids,
        deadline until
    ) = 0;

    virtual result<message_page> list(const message_query& query, deadline until) = 0;

    /// For each filter, a number that grows whenever a message is stored in a conversation that
    /// has a message of this filter's `conversation`, `bot` and `client`. For a conversation it is
    /// its `last_seq`. Zero where there is none. While it stays, so does every list of the filter.
    ///
    /// Where the filter lets some bots be seen only, others' messages don't count: in place of
    /// `last_seq` stands the number of messages that may be seen.
    ///
    /// Cost: independent of the number of messages, but for conversations that can be seen in part;
    /// linear in the conversations of a bot or client.
    virtual result<std::vector<std::uint64_t>> versions(
        std::span<const message_filter> filters,
        deadline until
    ) = 0;
};

}  // namespace botcore
