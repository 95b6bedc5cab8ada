#pragma once

#include <botcore/domain/draft.hpp>
#include <botcore/domain/grant.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/id_source.hpp>
#include <botcore/ports/message_store.hpp>
#include <botcore/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace botcore {

/// What callers can do with messages.
///
/// A function with a deadline blocks until it has an answer or the deadline has passed. Any number
/// of threads may call at once. The errors are those of `message_store`, and those listed at a
/// function.
class message_service {
public:
    /// Keeps references: the first three arguments must outlive the service.
    message_service(
        message_store& messages,
        const clock& clock,
        id_source& ids,
        message_limits limits = {}
    ) noexcept
        : messages_{messages}, clock_{clock}, ids_{ids}, limits_{limits}
    {
    }

    /// Checks one message. Errors: those of `draft::parse`.
    [[nodiscard]] result<draft> parse(const message_input& input) const
    {
        return draft::parse(input, limits_);
    }

    /// Completes the drafts of one request: each gets an id and a time, unless the client set them.
    /// Under an idempotency key the ids are derived from the receipt's seed. The answer to a retry
    /// has the ids of the first answer, because the storage keeps the seed.
    /// Callers that see different bots or have different seats never share an idempotency key.
    ///
    /// A caller that sees only some bots treats all other bots as clients. A caller with a seat
    /// always sends as a client.
    ///
    /// Errors: those of `grant::may_send`; `item` is the index of the draft.
    result<submission> prepare(
        std::vector<draft> drafts,
        const std::optional<idempotency_key>& key = std::nullopt,
        const grant& by = {}
    );

    std::vector<result<std::vector<appended>>> append(
        std::span<const submission> submissions,
        deadline until
    )
    {
        return messages_.append(submissions, until);
    }

    /// Errors: `not_found`.
    std::vector<result<message>> get(std::span<const message_id> ids, const read_terms& terms);

    result<message_page> list(const message_query& query, const read_terms& terms)
    {
        return asks_for_hidden(query.filter) ? message_page{} : messages_.list(query, terms);
    }

    result<std::vector<list_version>> versions(
        std::span<const message_filter> filters,
        const read_terms& terms
    )
    {
        return messages_.versions(filters, terms);
    }

private:
    message_store& messages_;
    const clock& clock_;
    id_source& ids_;
    message_limits limits_;
};

}  // namespace botcore
