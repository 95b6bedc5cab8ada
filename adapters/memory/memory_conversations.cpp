#include "adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace botcore::memory {

namespace {

bool matches(const std::set<pairing>& participants, const conversation_filter& filter)
{
    return std::ranges::any_of(participants, [&](const pairing& ends) {
        return filter.visible.contains(ends.bot) && (!filter.bot || *filter.bot == ends.bot) &&
               (!filter.client || *filter.client == ends.client);
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
    std::vector<std::optional<conversation>> conversations;
    conversations.reserve(ids.size());
    for (const auto& id : ids) {
        const auto entry = conversations_.find(id);
        conversations.push_back(
            entry == conversations_.end() ? std::nullopt : describe(id, entry->second, visible)
        );
    }
    return conversations;
}

std::optional<conversation> memory_messages::describe(
    conversation_id id,
    const conversation_record& record,
    const visible_bots& visible
)
{
    if (visible.is_all()) {
        return conversation{
            .id = id,
            .state = record.state,
            .participants = {record.participants.begin(), record.participants.end()},
            .first = record.messages.begin()->second->stamp,
            .last = *record.messages.rbegin()->second};
    }
    std::vector<pairing> participants;
    std::ranges::copy_if(
        record.participants,
        std::back_inserter(participants),
        [&](const pairing& ends) { return visible.contains(ends.bot); }
    );
    std::vector<const message*> messages;
    for (const auto& [key, message] : record.messages) {
        if (visible.contains(message->way.bot))
            messages.push_back(message);
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
    const auto entry = by_ends_.find({query.filter.bot, query.filter.client});
    if (entry == by_ends_.end())
        return conversation_page{};

    const auto& all = entry->second.conversations;
    std::vector<conversation> conversations;
    const auto take = [&](auto id, auto end) {
        for (; id != end && conversations.size() <= query.limit; ++id) {
            const auto& record = conversations_.at(*id);
            if (!matches(record.participants, query.filter))
                continue;
            if (auto visible = describe(*id, record, query.filter.visible))
                conversations.push_back(*std::move(visible));
        }
    };
    if (!query.from)
        take(all.begin(), all.end());
    else if (const conversation_id key{query.from->key}; query.from->backwards)
        take(std::make_reverse_iterator(all.lower_bound(key)), all.rend());
    else
        take(all.upper_bound(key), all.end());

    const auto key_of = [](const conversation& listed) { return listed.id.value; };
    return make_page(std::move(conversations), query.limit, query.from, key_of);
}

}  // namespace botcore::memory
