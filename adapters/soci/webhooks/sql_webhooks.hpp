#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"

#include <botcore/ports/webhook_store.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace botapi::sql {

/// The webhooks and their deliveries.
///
/// Transactions that run at the same time do not disturb each other, for these reasons:
/// - Webhooks change under the lock `bots_change`, which excludes appends. So it is certain which
///   webhooks get a message.
/// - A transaction that adds deliveries to a delivery queue, or removes some, updates the count in
///   the row of the queue. It holds the lock of that row until its commit. So no transaction
///   removes the row while another adds a delivery, and no transaction has to see uncommitted
///   deliveries of others.
/// - The clock of the database decides what is due and when a lease ends. The clocks of the servers
///   may differ.
/// - Queues are locked in the order of webhook and conversation, so that there is no deadlock. A
///   claim never waits: it skips locked queues.
class sql_webhooks final : public botcore::webhook_store {
public:
    /// Keeps a reference.
    explicit sql_webhooks(transaction_runner& runner) noexcept : runner_{runner} {}

    botcore::result<botcore::written_webhook> put(
        const botcore::webhook_write& request,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<botcore::webhook>> list(
        botcore::bot_id bot,
        const botcore::read_terms& terms
    ) override;

    botcore::result<> remove(const botcore::webhook_removal& removal, botcore::deadline until)
        override;

    botcore::result<std::vector<botcore::claimed_delivery>> claim(
        const botcore::delivery_claim& claim,
        botcore::deadline until
    ) override;

    botcore::result<> settle(
        std::span<const botcore::delivery_settlement> settlements,
        botcore::deadline until
    ) override;

    botcore::result<botcore::delivery_page> deliveries(
        const botcore::delivery_query& query,
        const botcore::read_terms& terms
    ) override;

    botcore::result<bool> redeliver(
        botcore::webhook_id webhook,
        botcore::message_id message,
        botcore::deadline until
    ) override;

    botcore::result<std::size_t> redeliver_dead(
        botcore::webhook_id webhook,
        std::size_t limit,
        botcore::deadline until
    ) override;

    botcore::result<botcore::replay_progress> replay(
        botcore::webhook_id webhook,
        const botcore::stream_position& after,
        std::size_t limit,
        botcore::deadline until
    ) override;

    botcore::result<std::size_t> sweep(std::size_t limit, botcore::deadline until) override;

private:
    transaction_runner& runner_;
};

}  // namespace botapi::sql
