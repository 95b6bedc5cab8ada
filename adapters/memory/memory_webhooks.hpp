#pragma once

#include "adapters/memory/memory_bots.hpp"

#include <botcore/domain/message.hpp>
#include <botcore/ports/webhook_store.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace botcore::memory {

/// The webhooks of a `memory_storage`, which owns the mutex, the bots and the messages.
class memory_webhooks final : public webhook_store {
public:
    /// Calls `now` to find out what is due.
    memory_webhooks(std::mutex& mutex, const memory_bots& bots, std::function<deadline()> now)
        : mutex_{mutex}, bots_{bots}, now_{std::move(now)}
    {
    }

    /// Queues a new message for the webhooks of its bot. Keeps the address of the message. The
    /// caller holds the mutex.
    void queue_for_webhooks(const message& stored);

    /// Removes the webhooks of a bot and their deliveries. The caller holds the mutex.
    void forget(bot_id removed);

    result<written_webhook> put(const webhook_write& request, deadline until) override;
    result<std::vector<webhook>> list(bot_id bot, const read_terms& terms) override;
    result<> remove(const webhook_removal& removal, deadline until) override;

    result<std::vector<claimed_delivery>> claim(const delivery_claim& claim, deadline until)
        override;
    result<> settle(std::span<const delivery_settlement> settlements, deadline until) override;

    result<delivery_page> deliveries(const delivery_query& query, const read_terms& terms) override;
    result<bool> redeliver(webhook_id webhook, message_id message, deadline until) override;
    result<std::size_t> redeliver_dead(webhook_id webhook, std::size_t limit, deadline until)
        override;
    result<replay_progress> replay(
        webhook_id webhook,
        const stream_position& after,
        std::size_t limit,
        deadline until
    ) override;
    result<std::size_t> sweep(std::size_t limit, deadline until) override;

private:
    /// A delivery. Its webhook, its state and its arrival follow from where it is kept.
    struct delivery_record {
        const botcore::message* message;
        std::uint64_t tries = 0;
        std::optional<attempt> last{};
    };
    /// From the arrival of the message to its delivery.
    using delivery_records = std::map<std::uint64_t, delivery_record>;

    /// The pending deliveries of the messages of one conversation.
    struct delivery_queue {
        delivery_records waiting;
        deadline due{};
        std::uint64_t lease = 0;
    };

    struct webhook_record {
        botcore::webhook webhook;
        std::map<conversation_id, delivery_queue> queues{};
        delivery_records dead{};
    };

    using webhook_key = std::pair<bot_id, webhook_name>;

    static void claim_from(
        webhook_record& record,
        const delivery_claim& claim,
        std::size_t count,
        deadline now,
        std::vector<claimed_delivery>& claimed
    );
    void settle(const delivery_settlement& settlement);
    static void queue(webhook_record& record, const message& sent);
    webhook_record* find(webhook_id id);
    [[nodiscard]] std::optional<webhook> find_named(bot_id bot, const webhook_name& name) const;
    [[nodiscard]] std::size_t count_of(bot_id bot) const;

    std::mutex& mutex_;
    const memory_bots& bots_;
    std::function<deadline()> now_;
    std::map<webhook_key, webhook_record> webhooks_;

    /// The messages of each bot, in the order of their arrival.
    std::unordered_map<bot_id, std::vector<const message*>> messages_;
};

}  // namespace botcore::memory
