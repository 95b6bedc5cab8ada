#pragma once

#include "adapters/memory/memory_bots.hpp"

#include <botcore/domain/message.hpp>
#include <botcore/ports/webhook_store.hpp>

#include <cstdint>
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
    memory_webhooks(std::mutex& mutex, const memory_bots& bots) noexcept
        : mutex_{mutex}, bots_{bots}
    {
    }

    /// Queues a message that was just stored, and never moves. The caller holds the mutex.
    void note(const message& stored);

    /// Forgets the webhooks of a bot. The caller holds the mutex.
    void forget(bot_id removed);

    result<webhook_written> put(const webhook_write& asked, deadline until) override;
    result<std::vector<webhook>> list(bot_id bot, const read_terms& terms) override;
    result<> remove(const webhook_removal& asked, deadline until) override;

    result<std::vector<claimed_delivery>> claim(const delivery_claim& asked, deadline until)
        override;
    result<> settle(std::span<const delivery_settlement> settled, deadline until) override;

    result<delivery_page> deliveries(const delivery_query& query, const read_terms& terms) override;
    result<bool> redeliver(webhook_id webhook, message_id one, deadline until) override;
    result<std::size_t> redeliver_dead(webhook_id webhook, std::size_t limit, deadline until)
        override;
    result<replayed> replay(
        webhook_id webhook,
        std::uint64_t after,
        std::size_t limit,
        deadline until
    ) override;
    result<std::size_t> sweep(std::size_t limit, deadline until) override;

private:
    /// What is kept of a delivery, by the arrival of its message.
    struct kept_delivery {
        const message* sent;
        std::uint64_t tries = 0;
        std::optional<attempt> last{};
    };
    using kept_deliveries = std::map<std::uint64_t, kept_delivery>;

    /// What waits of one conversation.
    struct kept_line {
        kept_deliveries waiting;
        instant due{};
        std::uint64_t lease = 0;
    };

    struct kept_webhook {
        botcore::webhook webhook;
        std::map<conversation_id, kept_line> lines{};
        kept_deliveries dead{};
    };

    using webhook_key = std::pair<bot_id, webhook_name>;

    static void claim_from(
        kept_webhook& kept,
        const delivery_claim& asked,
        std::vector<claimed_delivery>& claimed
    );
    void settle(const delivery_settlement& one);
    static void queue(kept_webhook& to, const message& sent);
    kept_webhook* find(webhook_id id);
    [[nodiscard]] std::optional<webhook> find_named(bot_id bot, const webhook_name& name) const;
    [[nodiscard]] std::size_t count_of(bot_id bot) const;

    std::mutex& mutex_;
    const memory_bots& bots_;
    std::map<webhook_key, kept_webhook> webhooks_;

    /// All of them, in the order of their arrival.
    std::unordered_map<bot_id, std::vector<const message*>> messages_;
};

}  // namespace botcore::memory
