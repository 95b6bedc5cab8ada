#pragma once

#include <botcore/domain/draft.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace botcore {

/// The version of a list of messages. All is zero where there is no message.
struct list_version {
    /// Grows with every change: for a conversation, its `conversation_state::revision`; else the
    /// sum over the conversations.
    std::uint64_t revision = 0;

    /// For a conversation, its `conversation_state::last_seq`; else 0.
    std::uint64_t last_seq = 0;

    friend bool operator==(const list_version&, const list_version&) = default;
};

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
        const read_terms& terms
    ) = 0;

    virtual result<message_page> list(const message_query& query, const read_terms& terms) = 0;

    /// For each filter, the version of its list. While it stays, so does every list of the filter.
    /// It changes with every conversation that has a message of this filter's `conversation`, `bot`
    /// and `client`.
    ///
    /// Where the filter shows some bots only, the messages of others don't count: in place of a
    /// conversation's numbers stands the number of messages that are shown.
    ///
    /// Cost: independent of the number of messages, but for conversations that can be seen in part;
    /// linear in the conversations of a bot or client.
    virtual result<std::vector<list_version>> versions(
        std::span<const message_filter> filters,
        const read_terms& terms
    ) = 0;
};

}  // namespace botcore
