#pragma once

#include <botcore/domain/delivery.hpp>
#include <botcore/domain/fair_slots.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/stream_position.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/domain/webhook_write.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace botcore {

/// A request to lease due deliveries.
struct delivery_claim {
    std::chrono::nanoseconds lease_length{};   ///< How long an unsettled delivery is leased.
    std::uint64_t lease = 0;                   ///< Identifies this claim. Never 0, and unique.
    fair_slots slots{1};                       ///< Attempts under way hold some of them.
    std::size_t each_webhook = 0;              ///< The most for each webhook, `busy` included.
    std::map<webhook_id, std::size_t> busy{};  ///< Deliveries that this sender is already sending.

    /// The pace of a webhook's receiver. Only called during `webhook_store::claim`.
    std::function<pace(webhook_id)> pace_of = [](webhook_id) { return pace::unknown; };

    /// A webhook of which `due` delivery queues are due, for `share_out`.
    [[nodiscard]] due_webhook due_of(webhook_id webhook, bot_id bot, std::size_t due) const
    {
        const auto under_way = busy.find(webhook);
        return {
            .webhook = webhook,
            .bot = bot,
            .due = due,
            .busy = under_way == busy.end() ? 0 : under_way->second,
            .speed = pace_of(webhook)};
    }
};

/// A leased delivery. No other claim gets it until the lease expires.
struct claimed_delivery {
    botcore::webhook webhook;
    botcore::message message;
    std::uint64_t tries = 0;  ///< Earlier attempts.
    std::uint64_t lease = 0;
};

/// The outcome of a claimed delivery.
struct delivery_settlement {
    webhook_id webhook;
    conversation_id conversation;
    std::uint64_t arrival = 0;
    std::uint64_t lease = 0;
    botcore::judgement judgement;
    botcore::attempt attempt;
};

/// The progress of a replay.
struct replay_progress {
    std::size_t queued = 0;     ///< Messages that this replay made pending.
    stream_position reached{};  ///< In the bot's stream: the position to continue from.
    bool is_end = true;
};

/// Keeps the webhooks and their deliveries.
///
/// An append also stores deliveries: one for each message and each enabled webhook of its bot that
/// subscribes to the event of the message. Messages and deliveries become durable together. The
/// result of `put` applies to every message that is stored after its answer. Removing a bot removes
/// its webhooks.
///
/// The messages of one conversation form one delivery queue for each webhook: only the first
/// pending delivery is due. Dead deliveries are not in the queue.
///
/// The clock of the storage decides what is due and when a lease ends. The clock of the caller does
/// not: servers with different clocks would send one delivery at the same time.
///
/// Errors of every function: `unavailable`, `outcome_unknown` (only where something is written),
/// `storage_full` (likewise), `internal`. Other errors are listed at each function.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class webhook_store {
public:
    virtual ~webhook_store() = default;

    /// Creates or changes a webhook, by the rules of `decide_on`.
    ///
    /// Errors: `not_found` if the bot is not registered; those of `decide_on`.
    virtual result<written_webhook> put(const webhook_write& write, deadline until) = 0;

    /// The webhooks of a bot in the order of their names. Errors: `not_found`, for the bot.
    virtual result<std::vector<webhook>> list(bot_id bot, const read_terms& terms) = 0;

    /// Removes a webhook and its deliveries. Errors: `not_found`; `precondition_failed`.
    virtual result<> remove(const webhook_removal& removal, deadline until) = 0;

    /// Leases due deliveries of enabled webhooks, as `share_out` decides.
    virtual result<std::vector<claimed_delivery>> claim(
        const delivery_claim& claim,
        deadline until
    ) = 0;

    /// Records outcomes. If another claim leased a delivery in the meantime, the delivery stays
    /// unchanged.
    virtual result<> settle(std::span<const delivery_settlement> settled, deadline until) = 0;

    virtual result<delivery_page> deliveries(
        const delivery_query& query,
        const read_terms& terms
    ) = 0;

    /// Makes a dead delivery pending as if it were new, and a pending one due now. Answers whether
    /// the message has such a delivery.
    virtual result<bool> redeliver(webhook_id webhook, message_id message, deadline until) = 0;

    /// Makes the first `limit` dead deliveries pending as if they were new. Answers their number.
    virtual result<std::size_t> redeliver_dead(
        webhook_id webhook,
        std::size_t limit,
        deadline until
    ) = 0;

    /// Makes deliveries pending for the first `limit` messages after a position in the stream of
    /// the webhook's bot. Deliveries that are already pending stay unchanged.
    ///
    /// Errors: `not_found`; `cursor_lost` as `stream_store::read`.
    virtual result<replay_progress> replay(
        webhook_id webhook,
        const stream_position& after,
        std::size_t limit,
        deadline until
    ) = 0;

    /// Deletes up to `limit` deliveries of removed webhooks. Answers their number.
    virtual result<std::size_t> sweep(std::size_t limit, deadline until) = 0;
};

}  // namespace botcore
