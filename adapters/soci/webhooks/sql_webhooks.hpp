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
/// Why no race can break it:
/// - Webhooks change under the lock `bots_change`, which keeps appends out: every message knows
///   for certain which webhooks it has.
/// - Whoever adds to a line or takes from it counts in its row, and holds the lock of that until
///   its commit. So the row is never removed under a delivery that is added at the same time, and
///   nobody has to look at deliveries that others have not committed yet.
/// - Lines are locked in order of webhook and conversation, so that no two wait for each other. A
///   claim waits for nobody: it skips what is locked.
class sql_webhooks final : public botcore::webhook_store {
public:
    /// Keeps a reference.
    explicit sql_webhooks(transaction_runner& runner) noexcept : runner_{runner} {}

    botcore::result<botcore::webhook_written> put(
        const botcore::webhook_write& asked,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<botcore::webhook>> list(
        botcore::bot_id bot,
        const botcore::read_terms& terms
    ) override;

    botcore::result<> remove(const botcore::webhook_removal& asked, botcore::deadline until)
        override;

    botcore::result<std::vector<botcore::claimed_delivery>> claim(
        const botcore::delivery_claim& asked,
        botcore::deadline until
    ) override;

    botcore::result<> settle(
        std::span<const botcore::delivery_settlement> settled,
        botcore::deadline until
    ) override;

    botcore::result<botcore::delivery_page> deliveries(
        const botcore::delivery_query& query,
        const botcore::read_terms& terms
    ) override;

    botcore::result<bool> redeliver(
        botcore::webhook_id webhook,
        botcore::message_id one,
        botcore::deadline until
    ) override;

    botcore::result<std::size_t> redeliver_dead(
        botcore::webhook_id webhook,
        std::size_t limit,
        botcore::deadline until
    ) override;

    botcore::result<botcore::replayed> replay(
        botcore::webhook_id webhook,
        std::uint64_t after,
        std::size_t limit,
        botcore::deadline until
    ) override;

    botcore::result<std::size_t> sweep(std::size_t limit, botcore::deadline until) override;

private:
    transaction_runner& runner_;
};

}  // namespace botapi::sql
