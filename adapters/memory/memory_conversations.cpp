#include "adapters/memory/memory_messages.hpp"

#include <iterator>

namespace botcore::memory {

result<std::vector<std::optional<conversation>>> memory_messages::find(
    std::span<const conversation_id> ids,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<conversation>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto kept = conversations_.find(id);
        found.push_back(
            kept == conversations_.end() ? std::nullopt : std::optional{describe(id, kept->second)}
        );
    }
    return found;
}

conversation memory_messages::describe(conversation_id id, const kept_conversation& kept) const
{
    return {
        .id = id,
        .last_seq = kept.last_seq,
        .participants = {kept.participants.begin(), kept.participants.end()},
        .first = kept.messages.begin()->second->stamp,
        .last = *kept.messages.rbegin()->second,
    };
}

result<conversation_page> memory_messages::list(
    const conversation_query& query,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    const auto talk = talks_.find({query.filter.bot, query.filter.client});
    if (talk == talks_.end())
        return conversation_page{};

    const auto& all = talk->second.conversations;
    std::vector<conversation> found;
    const auto take = [&](auto place, auto end) {
        for (; place != end && found.size() <= query.limit; ++place)
            found.push_back(describe(*place, conversations_.at(*place)));
    };
    if (!query.from)
        take(all.begin(), all.end());
    else if (const conversation_id next_to{query.from->key}; query.from->backwards)
        take(std::make_reverse_iterator(all.lower_bound(next_to)), all.rend());
    else
        take(all.upper_bound(next_to), all.end());

    const auto key_of = [](const conversation& one) { return one.id.value; };
    return make_page(std::move(found), query.limit, query.from, key_of);
}

}  // namespace botcore::memory
