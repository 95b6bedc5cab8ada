#include "adapters/memory/memory_webhooks.hpp"

#include <algorithm>
#include <iterator>

namespace botcore::memory {

result<delivery_page> memory_webhooks::
    deliveries(const delivery_query& query, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    kept_deliveries all;
    if (const auto* const kept = find(query.webhook)) {
        if (query.state == delivery_state::dead)
            all = kept->dead;
        else {
            for (const auto& [conversation, line] : kept->lines)
                all.insert(line.waiting.begin(), line.waiting.end());
        }
    }

    std::vector<delivery> found;
    const auto take = [&](auto place, auto end) {
        for (; place != end && found.size() <= query.limit; ++place) {
            const auto& [arrival, one] = *place;
            found.push_back(
                {.webhook = query.webhook,
                 .sent = one.sent->id,
                 .conversation = one.sent->conversation,
                 .arrival = arrival,
                 .state = query.state,
                 .tries = one.tries,
                 .last = one.last}
            );
        }
    };
    if (!query.from)
        take(all.begin(), all.end());
    else if (query.from->backwards)
        take(std::make_reverse_iterator(all.lower_bound(query.from->key.order)), all.rend());
    else
        take(all.upper_bound(query.from->key.order), all.end());
    const auto key_of = [](const delivery& one) { return message_key{{}, one.arrival}; };
    return make_page(std::move(found), query.limit, query.from, key_of);
}

result<bool> memory_webhooks::redeliver(webhook_id webhook, message_id one, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    auto* const kept = find(webhook);
    if (kept == nullptr)
        return false;
    const auto is_it = [&](const auto& delivery) { return delivery.second.sent->id == one; };
    if (const auto dead = std::ranges::find_if(kept->dead, is_it); dead != kept->dead.end()) {
        queue(*kept, *dead->second.sent);
        kept->dead.erase(dead);
        return true;
    }
    for (auto& [conversation, line] : kept->lines) {
        if (std::ranges::none_of(line.waiting, is_it))
            continue;
        if (line.lease == 0)
            line.due = {};
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
    auto* const kept = find(webhook);
    std::size_t count = 0;
    for (; kept != nullptr && count < limit && !kept->dead.empty(); ++count) {
        queue(*kept, *kept->dead.begin()->second.sent);
        kept->dead.erase(kept->dead.begin());
    }
    return count;
}

result<replayed> memory_webhooks::replay(
    webhook_id webhook,
    std::uint64_t after,
    std::size_t limit,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    auto* const kept = find(webhook);
    if (kept == nullptr)
        return refuse(errc::not_found, "The webhook was removed.");
    const auto& all = messages_[kept->webhook.bot];
    auto place = std::ranges::upper_bound(all, after, {}, &message::arrival);
    replayed done{.reached = after};
    for (std::size_t count = 0; count < limit && place != all.end(); ++count, ++place) {
        const message& sent = **place;
        done.reached = sent.arrival;
        kept->dead.erase(sent.arrival);
        if (!kept->webhook.events.contains(event_of(sent.way.way)))
            continue;
        auto& waiting = kept->lines[sent.conversation].waiting;
        if (waiting.try_emplace(sent.arrival, kept_delivery{&sent}).second)
            ++done.queued;
    }
    done.is_end = place == all.end();
    return done;
}

result<std::size_t> memory_webhooks::sweep(std::size_t /*limit*/, deadline /*until*/)
{
    return std::size_t{0};
}

}  // namespace botcore::memory
