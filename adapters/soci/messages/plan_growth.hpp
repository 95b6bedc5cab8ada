#pragma once

#include "adapters/soci/messages/pairing_cache.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/conversation.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace botapi::sql {

/// How a plan changes its conversations.
struct plan_growth {
    explicit plan_growth(const botcore::append_plan& plan)
    {
        numbers.reserve(plan.rows().size());
        for (const auto& row : plan.rows()) {
            const auto& conversation = row.source.get().draft.conversation;
            numbers.push_back(++added[conversation]);
            pairings.insert({conversation, {row.way.bot, row.way.client}});
        }
    }

    std::map<botcore::conversation_id, std::uint64_t>
        added{};  ///< Added messages by conversation, in locking order.
    std::set<stored_pairing> pairings{};
    std::vector<std::uint64_t> numbers{};  ///< Numbers the rows of each conversation from 1.
};

/// The stored form of a timestamp's instant.
inline std::int64_t nanoseconds_of(const botcore::timestamp& stamp)
{
    return stamp.at().time_since_epoch().count();
}

/// The stored form of a direction.
inline std::int64_t number_of(botcore::direction way)
{
    return way == botcore::direction::outbound ? 1 : 0;
}

}  // namespace botapi::sql
