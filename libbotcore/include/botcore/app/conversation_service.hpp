#pragma once

#include <botcore/domain/conversation.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/ports/conversation_store.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/result.hpp>

#include <span>
#include <vector>

namespace botcore {

/// What callers can read about conversations. A conversation begins with its first message.
///
/// Both functions block until they have an answer or the deadline has passed. Any number of threads
/// may call at once. The errors are those of `conversation_store`, and those listed at a function.
class conversation_service {
public:
    /// Keeps a reference: the argument must outlive the service.
    explicit conversation_service(conversation_store& conversations) noexcept
        : conversations_{conversations}
    {
    }

    /// Errors: `not_found`.
    std::vector<result<conversation>> get(
        std::span<const conversation_id> ids,
        const visible_bots& visible,
        const read_terms& terms
    );

    result<conversation_page> list(const conversation_query& query, const read_terms& terms)
    {
        return asks_for_hidden(query.filter) ? conversation_page{}
                                             : conversations_.list(query, terms);
    }

private:
    conversation_store& conversations_;
};

}  // namespace botcore
