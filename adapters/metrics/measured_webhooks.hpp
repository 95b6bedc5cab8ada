#pragma once

#include "adapters/metrics/storage_metrics.hpp"

#include <botcore/ports/webhook_store.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace botapi::metrics {

/// A webhook store that measures every call of another one.
class measured_webhooks final : public botcore::webhook_store {
public:
    measured_webhooks(botcore::webhook_store& store, storage_families families)
        : store_{store},
          put_{families, "webhooks.put"},
          list_{families, "webhooks.list"},
          remove_{families, "webhooks.remove"},
          claim_{families, "webhooks.claim"},
          settle_{families, "webhooks.settle"},
          deliveries_{families, "webhooks.deliveries"},
          redeliver_{families, "webhooks.redeliver"},
          replay_{families, "webhooks.replay"},
          sweep_{families, "webhooks.sweep"}
    {
    }

    botcore::result<botcore::written_webhook> put(
        const botcore::webhook_write& write,
        botcore::deadline until
    ) override
    {
        return put_.measure([&] { return store_.put(write, until); });
    }

    botcore::result<std::vector<botcore::webhook>> list(
        botcore::bot_id bot,
        const botcore::read_terms& terms
    ) override
    {
        return list_.measure([&] { return store_.list(bot, terms); });
    }

    botcore::result<> remove(const botcore::webhook_removal& removal, botcore::deadline until)
        override
    {
        return remove_.measure([&] { return store_.remove(removal, until); });
    }

    botcore::result<std::vector<botcore::claimed_delivery>> claim(
        const botcore::delivery_claim& request,
        botcore::deadline until
    ) override
    {
        return claim_.measure([&] { return store_.claim(request, until); });
    }

    botcore::result<> settle(
        std::span<const botcore::delivery_settlement> settlements,
        botcore::deadline until
    ) override
    {
        return settle_.measure([&] { return store_.settle(settlements, until); });
    }

    botcore::result<botcore::delivery_page> deliveries(
        const botcore::delivery_query& query,
        const botcore::read_terms& terms
    ) override
    {
        return deliveries_.measure([&] { return store_.deliveries(query, terms); });
    }

    botcore::result<bool> redeliver(
        botcore::webhook_id webhook,
        botcore::message_id message,
        botcore::deadline until
    ) override
    {
        return redeliver_.measure([&] { return store_.redeliver(webhook, message, until); });
    }

    botcore::result<std::size_t> redeliver_dead(
        botcore::webhook_id webhook,
        std::size_t limit,
        botcore::deadline until
    ) override
    {
        return redeliver_.measure([&] { return store_.redeliver_dead(webhook, limit, until); });
    }

    botcore::result<botcore::replay_progress> replay(
        botcore::webhook_id webhook,
        const botcore::stream_position& after,
        std::size_t limit,
        botcore::deadline until
    ) override
    {
        return replay_.measure([&] { return store_.replay(webhook, after, limit, until); });
    }

    botcore::result<std::size_t> sweep(std::size_t limit, botcore::deadline until) override
    {
        return sweep_.measure([&] { return store_.sweep(limit, until); });
    }

private:
    botcore::webhook_store& store_;
    operation put_;
    operation list_;
    operation remove_;
    operation claim_;
    operation settle_;
    operation deliveries_;
    operation redeliver_;
    operation replay_;
    operation sweep_;
};

}  // namespace botapi::metrics
