#include "adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace botcore::memory {

namespace {

bool is_between(const std::set<pairing>& participants, const conversation_filter& filter)
{
    return std::ranges::any_of(participants, [&](const pairing& one) {
        return filter.visible.contains(one.bot) && (!filter.bot || *filter.bot == one.bot) &&
               (!filter.client || *filter.client == one.client);
    });
}

}  // namespace

result<std::vector<std::optional<conversation>>> memory_messages::find(
    std::span<const conversation_id> ids,
    const visible_bots& visible,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<conversation>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto kept = conversations_.find(id);
        found.push_back(
            kept == conversations_.end() ? std::nullopt : describe(id, kept->second, visible)
        );
    }
    return found;
}

std::optional<conversation> memory_messages::describe(
    conversation_id id,
    const kept_conversation& kept,
    const visible_bots& visible
)
{
    if (visible.is_all()) {
        return conversation{
            .id = id,
            .state = kept.state,
            .participants = {kept.participants.begin(), kept.participants.end()},
            .first = kept.messages.begin()->second->stamp,
            .last = *kept.messages.rbegin()->second};
    }
    std::vector<pairing> participants;
    std::ranges::copy_if(
        kept.participants,
        std::back_inserter(participants),
        [&](const pairing& one) { return visible.contains(one.bot); }
    );
    std::vector<const message*> messages;
    for (const auto& [key, one] : kept.messages) {
        if (visible.contains(one->way.bot))
            messages.push_back(one);
    }
    if (messages.empty())
        return std::nullopt;
    const std::uint64_t count = messages.size();
    return conversation{
        .id = id,
        .state = {.message_count = count, .last_seq = count, .revision = count},
        .participants = std::move(participants),
        .first = messages.front()->stamp,
        .last = *messages.back(),
    };
}

result<conversation_page> memory_messages::list(
    const conversation_query& query,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    const auto talk = talks_.find({query.filter.bot, query.filter.client});
    if (talk == talks_.end())
        return conversation_page{};

    const auto& all = talk->second.conversations;
    std::vector<conversation> found;
    const auto take = [&](auto place, auto end) {
        for (; place != end && found.size() <= query.limit; ++place) {
            const auto& kept = conversations_.at(*place);
            if (!is_between(kept.participants, query.filter))
                continue;
            if (auto seen = describe(*place, kept, query.filter.visible))
                found.push_back(*std::move(seen));
        }
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
