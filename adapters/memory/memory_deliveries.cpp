#include "adapters/memory/memory_webhooks.hpp"

#include <botcore/domain/stream.hpp>

#include <algorithm>
#include <iterator>

namespace botcore::memory {

result<delivery_page> memory_webhooks::
    deliveries(const delivery_query& query, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    delivery_records all;
    if (const auto* const record = find(query.webhook)) {
        if (query.state == delivery_state::dead)
            all = record->dead;
        else {
            for (const auto& [conversation, queue] : record->queues)
                all.insert(queue.waiting.begin(), queue.waiting.end());
        }
    }

    std::vector<delivery> page;
    const auto take = [&](auto entry, auto end) {
        for (; entry != end && page.size() <= query.limit; ++entry) {
            const auto& [arrival, delivery] = *entry;
            page.push_back(
                {.webhook = query.webhook,
                 .message = delivery.message->id,
                 .conversation = delivery.message->conversation,
                 .arrival = arrival,
                 .state = query.state,
                 .tries = delivery.tries,
                 .last = delivery.last}
            );
        }
    };
    if (!query.from)
        take(all.begin(), all.end());
    else if (query.from->backwards)
        take(std::make_reverse_iterator(all.lower_bound(query.from->key.order)), all.rend());
    else
        take(all.upper_bound(query.from->key.order), all.end());
    const auto key_of = [](const delivery& listed) { return message_key{{}, listed.arrival}; };
    return make_page(std::move(page), query.limit, query.from, key_of);
}

result<bool> memory_webhooks::redeliver(webhook_id webhook, message_id message, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    auto* const record = find(webhook);
    if (record == nullptr)
        return false;
    const auto is_of_message = [&](const auto& delivery) {
        return delivery.second.message->id == message;
    };
    if (const auto dead = std::ranges::find_if(record->dead, is_of_message);
        dead != record->dead.end()) {
        queue(*record, *dead->second.message);
        record->dead.erase(dead);
        return true;
    }
    for (auto& [conversation, queue_of_conversation] : record->queues) {
        if (std::ranges::none_of(queue_of_conversation.waiting, is_of_message))
            continue;
        if (queue_of_conversation.lease == 0)
            queue_of_conversation.due = {};
        return true;
    }
    return false;
}

result<std::size_t> memory_webhooks::redeliver_dead(
    webhook_id webhook,
    std::size_t limit,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    auto* const record = find(webhook);
    std::size_t count = 0;
    for (; record != nullptr && count < limit && !record->dead.empty(); ++count) {
        queue(*record, *record->dead.begin()->second.message);
        record->dead.erase(record->dead.begin());
    }
    return count;
}

result<replay_progress> memory_webhooks::replay(
    webhook_id webhook,
    const stream_position& after,
    std::size_t limit,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    auto* const record = find(webhook);
    if (record == nullptr)
        return refuse(errc::not_found, "The webhook was removed.");
    const stream_id stream = record->webhook.bot;
    const auto& all = messages_[record->webhook.bot];
    auto entry = std::ranges::upper_bound(all, after.order(), {}, &message::arrival);
    position_facts facts{.has_later = entry != all.end()};
    if (entry != all.begin())
        facts.last = position_in(stream, **std::prev(entry));
    const auto confirmed = confirm_position(after, facts);
    if (!confirmed)
        return confirmed.error();

    replay_progress progress{.reached = *confirmed};
    for (std::size_t count = 0; count < limit && entry != all.end(); ++count, ++entry) {
        const message& sent = **entry;
        progress.reached = position_in(stream, sent);
        record->dead.erase(sent.arrival);
        if (!record->webhook.events.contains(event_of(sent.way.way)))
            continue;
        auto& waiting = record->queues[sent.conversation].waiting;
        if (waiting.try_emplace(sent.arrival, delivery_record{&sent}).second)
            ++progress.queued;
    }
    progress.is_end = entry == all.end();
    return progress;
}

result<std::size_t> memory_webhooks::sweep(std::size_t /*limit*/, deadline /*until*/)
{
    return std::size_t{0};
}

}  // namespace botcore::memory
