#pragma once

#include "tests/contract/fixture.hpp"

#include <botcore/ports/webhook_store.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A storage whose bots can have webhooks.
struct webhooks_contract : storage_contract {
    using storage_contract::storage_contract;

    botcore::webhook_store& webhooks = tested.webhooks();
    const botcore::instant now{std::chrono::hours{24 * 365 * 50}};
    std::uint64_t last_lease = 0;

    static constexpr std::chrono::seconds lease_length{30};

    static botcore::webhook_secret secret_of(std::uint8_t byte)
    {
        return botcore::webhook_secret{std::vector<std::uint8_t>(32, byte)};
    }

    static botcore::webhook_events all_events() { return *botcore::webhook_events::from_bits(3); }

    static botcore::webhook_name hook_name(std::string_view name)
    {
        return *botcore::webhook_name::parse(name);
    }

    [[nodiscard]] botcore::webhook_write write_of(std::string_view name, std::uint64_t number = 1)
        const
    {
        return {
            .bot = aureo,
            .name = hook_name(name),
            .url = *botcore::web_address::parse("https://example.com/hook?a=1"),
            .events = all_events(),
            .fresh = {
                .id = id_of<botcore::webhook_id>(number),
                .secret = secret_of(static_cast<std::uint8_t>(number)),
                .version = number * 1'000}};
    }

    botcore::webhook put(const botcore::webhook_write& request)
    {
        auto written = webhooks.put(request, soon());
        REQUIRE(written);
        return written->webhook;
    }

    /// Leases the deliveries that are due now.
    std::vector<botcore::claimed_delivery> claim(std::size_t slots = 400, std::size_t each = 100)
    {
        return claim_from(webhooks, slots, each);
    }

    std::vector<botcore::claimed_delivery> claim_from(
        botcore::webhook_store& store,
        std::size_t slots = 400,
        std::size_t each = 100
    )
    {
        auto claimed = store.claim(
            {.lease_length = lease_length,
             .lease = ++last_lease,
             .slots = botcore::fair_slots{slots},
             .each_webhook = each},
            soon()
        );
        REQUIRE(claimed);
        return *std::move(claimed);
    }

    static botcore::delivery_settlement settlement_of(
        const botcore::claimed_delivery& delivery,
        botcore::judgement judgement,
        botcore::attempt attempt = {}
    )
    {
        return {
            .webhook = delivery.webhook.id,
            .conversation = delivery.message.conversation,
            .arrival = delivery.message.arrival,
            .lease = delivery.lease,
            .judgement = judgement,
            .attempt = std::move(attempt)};
    }

    void settle(
        const botcore::claimed_delivery& delivery,
        botcore::judgement judgement,
        botcore::attempt attempt = {}
    )
    {
        const std::array all{settlement_of(delivery, judgement, std::move(attempt))};
        REQUIRE(webhooks.settle(all, soon()));
    }

    void deliver(const botcore::claimed_delivery& delivery)
    {
        settle(delivery, {botcore::verdict::delivered});
    }

    void bury(const botcore::claimed_delivery& delivery)
    {
        settle(delivery, {botcore::verdict::dead}, {.ended = now, .failure = "no answer"});
    }

    /// Delivers all deliveries that are due, one after another. Returns their texts in that order.
    std::vector<std::string> deliver_all()
    {
        std::vector<std::string> texts;
        for (auto claimed = claim(); !claimed.empty(); claimed = claim()) {
            for (const auto& delivery : claimed) {
                texts.push_back(delivery.message.content.text);
                deliver(delivery);
            }
        }
        return texts;
    }

    std::vector<botcore::delivery> deliveries(
        botcore::webhook_id of,
        botcore::delivery_state state = botcore::delivery_state::pending
    )
    {
        auto page = webhooks.deliveries({.webhook = of, .state = state}, soon());
        REQUIRE(page);
        return std::move(page->items);
    }

    botcore::message say(std::string_view text, botcore::conversation_id in)
    {
        return store({.in = in, .from = ana, .to = as_aureo, .text = std::string{text}});
    }

    botcore::message say(std::string_view text) { return say(text, talk); }
};
