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

/// The version of a list of messages. The numbers are zero for an empty list.
struct list_version {
    /// Grows with every change: for a conversation, its `conversation_state::revision`; else the
    /// sum over the conversations.
    std::uint64_t revision = 0;

    /// For a conversation, its `conversation_state::last_seq`; else 0.
    std::uint64_t last_seq = 0;

    /// Of the store: another one after a restore or a failover, as far as the storage notices them.
    /// A revision that comes up again then belongs to another list. Servers on one store agree.
    std::uint64_t history = 0;

    friend bool operator==(const list_version&, const list_version&) = default;
};

/// Keeps the messages.
///
/// Errors of every function: `unavailable`, `internal`. Other errors are listed at each function.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class message_store {
public:
    virtual ~message_store() = default;

    /// Stores submissions, each completely or not at all, by the rules of `append_plan`, and
    /// answers in their order. A refused submission does not affect the others. The stored
    /// submissions and their receipts become durable together.
    ///
    /// Within a conversation, `seq` grows by one from message to message in the order in which they
    /// become visible, however many processes write to it. A reader that sees a `seq` can see all
    /// smaller ones.
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

    /// For each filter, the version of its list. While the version is unchanged, so is every list
    /// of the filter. The version changes with every conversation that has a message with this
    /// filter's `conversation`, `bot` and `client`.
    ///
    /// If the filter shows only some bots, messages of other bots don't count: the number of
    /// visible messages replaces the conversation's own counters.
    ///
    /// Cost: independent of the number of messages, except for partly visible conversations; linear
    /// in the conversations of a bot or client.
    virtual result<std::vector<list_version>> versions(
        std::span<const message_filter> filters,
        const read_terms& terms
    ) = 0;
};

}  // namespace botcore
