#include "adapters/memory/memory_webhooks.hpp"

#include <botcore/domain/absence.hpp>

#include <algorithm>

namespace botcore::memory {

void memory_webhooks::note(const message& stored)
{
    const auto bot = stored.way.bot;
    messages_[bot].push_back(&stored);
    for (auto& [key, kept] : webhooks_) {
        const bool wants = kept.webhook.bot == bot &&
                           kept.webhook.state == webhook_state::enabled &&
                           kept.webhook.events.contains(event_of(stored.way.way));
        if (wants)
            queue(kept, stored);
    }
}

void memory_webhooks::forget(bot_id removed)
{
    std::erase_if(webhooks_, [&](const auto& one) { return one.first.first == removed; });
}

result<webhook_written> memory_webhooks::put(const webhook_write& asked, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    if (!bots_.is_registered(asked.bot))
        return absent(asked.bot);
    auto decided = decide_on(asked, find_named(asked.bot, asked.name), count_of(asked.bot));
    if (decided) {
        const auto [place, is_new] = webhooks_.try_emplace(
            webhook_key{asked.bot, asked.name},
            kept_webhook{decided->webhook}
        );
        place->second.webhook = decided->webhook;
    }
    return decided;
}

result<std::vector<webhook>> memory_webhooks::list(bot_id bot, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    if (!bots_.is_registered(bot))
        return absent(bot);
    std::vector<webhook> found;
    for (const auto& [key, kept] : webhooks_) {
        if (key.first == bot)
            found.push_back(kept.webhook);
    }
    return found;
}

result<> memory_webhooks::remove(const webhook_removal& asked, deadline /*until*/)
{
    const std::lock_guard lock{mutex_};
    auto decided = decide_on(asked, find_named(asked.bot, asked.name));
    if (decided)
        webhooks_.erase({asked.bot, asked.name});
    return decided;
}

result<std::vector<claimed_delivery>> memory_webhooks::claim(
    const delivery_claim& asked,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<kept_webhook*> in_turn;
    for (auto& [key, kept] : webhooks_) {
        if (kept.webhook.state == webhook_state::enabled)
            in_turn.push_back(&kept);
    }
    std::vector<claimed_delivery> claimed;
    // Begins with another one every time, so that each has its turn.
    for (std::size_t at = 0; at < in_turn.size(); ++at)
        claim_from(*in_turn[(at + asked.lease) % in_turn.size()], asked, claimed);
    return claimed;
}

void memory_webhooks::claim_from(
    kept_webhook& kept,
    const delivery_claim& asked,
    std::vector<claimed_delivery>& claimed
)
{
    const auto busy = asked.busy.find(kept.webhook.id);
    auto taken = busy == asked.busy.end() ? std::size_t{0} : busy->second;
    for (auto& [conversation, line] : kept.lines) {
        if (taken >= asked.each_webhook || claimed.size() >= asked.limit)
            return;
        if (line.due > asked.now)
            continue;
        line.due = asked.leased_until;
        line.lease = asked.lease;
        const auto& [sent, tries, last] = line.waiting.begin()->second;
        claimed.push_back({kept.webhook, *sent, tries, asked.lease});
        ++taken;
    }
}

result<> memory_webhooks::settle(
    std::span<const delivery_settlement> settled,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    for (const auto& one : settled)
        settle(one);
    return {};
}

void memory_webhooks::settle(const delivery_settlement& one)
{
    auto* const kept = find(one.webhook);
    if (kept == nullptr)
        return;
    const auto place = kept->lines.find(one.conversation);
    if (place == kept->lines.end() || place->second.lease != one.lease)
        return;
    auto& line = place->second;
    line.lease = 0;
    line.due = one.judged.verdict == verdict::retry ? one.judged.due : instant{};

    auto first = line.waiting.find(one.arrival);
    if (one.judged.verdict != verdict::delivered) {
        ++first->second.tries;
        first->second.last = attempt{
            .ended = one.made.ended,
            .status = one.made.status,
            .failure = one.made.failure};
    }
    if (one.judged.verdict == verdict::gone && kept->webhook.state == webhook_state::enabled) {
        kept->webhook.state = webhook_state::gone;
        ++kept->webhook.version;
    }
    if (one.judged.verdict == verdict::dead)
        kept->dead.insert(*first);
    if (one.judged.verdict == verdict::dead || one.judged.verdict == verdict::delivered)
        line.waiting.erase(first);
    if (line.waiting.empty())
        kept->lines.erase(place);
}

void memory_webhooks::queue(kept_webhook& to, const message& sent)
{
    to.lines[sent.conversation].waiting.try_emplace(sent.arrival, kept_delivery{&sent});
}

auto memory_webhooks::find(webhook_id id) -> kept_webhook*
{
    for (auto& [key, kept] : webhooks_) {
        if (kept.webhook.id == id)
            return &kept;
    }
    return nullptr;
}

std::optional<webhook> memory_webhooks::find_named(bot_id bot, const webhook_name& name) const
{
    const auto found = webhooks_.find({bot, name});
    return found == webhooks_.end() ? std::nullopt : std::optional{found->second.webhook};
}

std::size_t memory_webhooks::count_of(bot_id bot) const
{
    return static_cast<std::size_t>(std::ranges::count_if(webhooks_, [&](const auto& one) {
        return one.first.first == bot;
    }));
}

}  // namespace botcore::memory
