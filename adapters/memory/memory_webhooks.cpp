#include "adapters/memory/memory_webhooks.hpp"

#include <botcore/domain/absence.hpp>

#include <algorithm>

namespace botcore::memory {

void memory_webhooks::queue_for_webhooks(const message& stored)
{
    const auto bot = stored.way.bot;
    messages_[bot].push_back(&stored);
    for (auto& [key, record] : webhooks_) {
        const bool is_subscribed = record.webhook.bot == bot &&
                                   record.webhook.state == webhook_state::enabled &&
                                   record.webhook.events.contains(event_of(stored.way.way));
        if (is_subscribed)
            queue(record, stored);
    }
}

void memory_webhooks::forget(bot_id removed)
{
    std::erase_if(webhooks_, [&](const auto& entry) { return entry.first.first == removed; });
}

result<written_webhook> memory_webhooks::put(const webhook_write& request, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    if (!bots_.is_registered(request.bot))
        return absent(request.bot);
    auto decided = decide_on(request, find_named(request.bot, request.name), count_of(request.bot));
    if (decided) {
        const auto [entry, is_new] = webhooks_.try_emplace(
            webhook_key{request.bot, request.name},
            webhook_record{decided->webhook}
        );
        entry->second.webhook = decided->webhook;
    }
    return decided;
}

result<std::vector<webhook>> memory_webhooks::list(bot_id bot, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    if (!bots_.is_registered(bot))
        return absent(bot);
    std::vector<webhook> webhooks;
    for (const auto& [key, record] : webhooks_) {
        if (key.first == bot)
            webhooks.push_back(record.webhook);
    }
    return webhooks;
}

result<> memory_webhooks::remove(const webhook_removal& removal, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    auto decided = decide_on(removal, find_named(removal.bot, removal.name));
    if (decided)
        webhooks_.erase({removal.bot, removal.name});
    return decided;
}

result<std::vector<claimed_delivery>> memory_webhooks::claim(
    const delivery_claim& claim,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    const auto now = now_();
    std::vector<due_webhook> all;
    for (const auto& [key, record] : webhooks_) {
        if (record.webhook.state != webhook_state::enabled)
            continue;
        const auto due = std::ranges::count_if(record.queues, [&](const auto& entry) {
            return entry.second.due <= now;
        });
        const auto& webhook = record.webhook;
        all.push_back(claim.due_of(webhook.id, webhook.bot, static_cast<std::size_t>(due)));
    }
    std::vector<claimed_delivery> claimed;
    for (const auto& share : share_out(claim.slots, claim.each_webhook, claim.lease, all))
        claim_from(*find(share.webhook), claim, share.count, now, claimed);
    return claimed;
}

void memory_webhooks::claim_from(
    webhook_record& record,
    const delivery_claim& claim,
    std::size_t count,
    deadline now,
    std::vector<claimed_delivery>& claimed
)
{
    for (auto& [conversation, queue] : record.queues) {
        if (count == 0)
            return;
        if (queue.due > now)
            continue;
        queue.due = now + claim.lease_length;
        queue.lease = claim.lease;
        const auto& [sent, tries, last] = queue.waiting.begin()->second;
        claimed.push_back({record.webhook, *sent, tries, claim.lease});
        --count;
    }
}

result<> memory_webhooks::settle(
    std::span<const delivery_settlement> settlements,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    for (const auto& settlement : settlements)
        settle(settlement);
    return {};
}

void memory_webhooks::settle(const delivery_settlement& settlement)
{
    auto* const record = find(settlement.webhook);
    if (record == nullptr)
        return;
    const auto entry = record->queues.find(settlement.conversation);
    if (entry == record->queues.end() || entry->second.lease != settlement.lease)
        return;
    auto& queue = entry->second;
    queue.lease = 0;
    queue.due = settlement.judgement.verdict == verdict::retry ? now_() + settlement.judgement.pause
                                                               : deadline{};

    auto first = queue.waiting.find(settlement.arrival);
    if (settlement.judgement.verdict != verdict::delivered) {
        ++first->second.tries;
        first->second.last = attempt{
            .ended = settlement.attempt.ended,
            .status = settlement.attempt.status,
            .failure = settlement.attempt.failure};
    }
    if (settlement.judgement.verdict == verdict::gone &&
        record->webhook.state == webhook_state::enabled) {
        record->webhook.state = webhook_state::gone;
        ++record->webhook.version;
    }
    if (settlement.judgement.verdict == verdict::dead)
        record->dead.insert(*first);
    if (settlement.judgement.verdict == verdict::dead ||
        settlement.judgement.verdict == verdict::delivered)
        queue.waiting.erase(first);
    if (queue.waiting.empty())
        record->queues.erase(entry);
}

void memory_webhooks::queue(webhook_record& record, const message& sent)
{
    record.queues[sent.conversation].waiting.try_emplace(sent.arrival, delivery_record{&sent});
}

auto memory_webhooks::find(webhook_id id) -> webhook_record*
{
    for (auto& [key, record] : webhooks_) {
        if (record.webhook.id == id)
            return &record;
    }
    return nullptr;
}

std::optional<webhook> memory_webhooks::find_named(bot_id bot, const webhook_name& name) const
{
    const auto entry = webhooks_.find({bot, name});
    return entry == webhooks_.end() ? std::nullopt : std::optional{entry->second.webhook};
}

std::size_t memory_webhooks::count_of(bot_id bot) const
{
    return static_cast<std::size_t>(std::ranges::count_if(webhooks_, [&](const auto& entry) {
        return entry.first.first == bot;
    }));
}

}  // namespace botcore::memory
