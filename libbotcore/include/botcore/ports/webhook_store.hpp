#pragma once

#include <botcore/domain/delivery.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/stream_position.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/domain/webhook_write.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace botcore {

/// Asks for deliveries to try.
struct delivery_claim {
    instant now;
    instant leased_until;          ///< Who has not settled by then, has lost them.
    std::uint64_t lease = 0;       ///< Names this claim; never 0, and of no other claim.
    std::size_t limit = 0;         ///< Deliveries.
    std::size_t each_webhook = 0;  ///< Of these, to one webhook, those in `busy` included.
    std::map<webhook_id, std::size_t> busy{};  ///< Deliveries that are under way here already.
};

/// A delivery to try, which is nobody else's until the lease has run out.
struct claimed_delivery {
    botcore::webhook webhook;
    botcore::message message;
    std::uint64_t tries = 0;  ///< Before this one.
    std::uint64_t lease = 0;
};

/// What came of a claimed delivery.
struct delivery_settlement {
    webhook_id webhook;
    conversation_id conversation;
    std::uint64_t arrival = 0;
    std::uint64_t lease = 0;
    judgement judged;
    attempt made;
};

/// How far a replay got.
struct replayed {
    std::size_t queued = 0;     ///< Messages that are to be delivered, and were not already.
    stream_position reached{};  ///< In the bot's stream: the position to go on from.
    bool is_end = true;
};

/// Keeps the webhooks, and what is to be delivered to them.
///
/// An append of messages also stores a delivery of each message to each webhook of its bot that is
/// enabled and wants its event: both become durable together. What is in the answer to `put` holds
/// for every message that is stored after it. Removing a bot removes its webhooks.
///
/// Deliveries to one webhook of the messages of one conversation are a line: only the first pending
/// one is tried. Dead ones are not in the line.
///
/// Errors of every function: `unavailable`, `outcome_unknown` (only where something is written),
/// `storage_full` (likewise), `internal`. The others are listed where they arise.
///
/// Thread safety: any number of threads may call at once. Calls block, until `until` at most.
class webhook_store {
public:
    virtual ~webhook_store() = default;

    /// Makes or changes a webhook, with the rules of `decide_on`.
    ///
    /// Errors: `not_found` if the bot is not registered; those of `decide_on`.
    virtual result<webhook_written> put(const webhook_write& asked, deadline until) = 0;

    /// The webhooks of a bot in the order of their names. Errors: `not_found`, for the bot.
    virtual result<std::vector<webhook>> list(bot_id bot, const read_terms& terms) = 0;

    /// Removes a webhook and forgets its deliveries. Errors: `not_found`; `precondition_failed`.
    virtual result<> remove(const webhook_removal& asked, deadline until) = 0;

    /// Leases deliveries that are due, of enabled webhooks.
    virtual result<std::vector<claimed_delivery>> claim(
        const delivery_claim& asked,
        deadline until
    ) = 0;

    /// Carries out what was decided. What is not leased any more as it says is left alone.
    virtual result<> settle(std::span<const delivery_settlement> settled, deadline until) = 0;

    virtual result<delivery_page> deliveries(
        const delivery_query& query,
        const read_terms& terms
    ) = 0;

    /// Makes the delivery of a message, if it is dead, pending as if it were new, and if it is
    /// pending, due at once. Answers whether it is either.
    virtual result<bool> redeliver(webhook_id webhook, message_id one, deadline until) = 0;

    /// Makes the first `limit` dead deliveries pending as if they were new. Answers how many it
    /// was.
    virtual result<std::size_t> redeliver_dead(
        webhook_id webhook,
        std::size_t limit,
        deadline until
    ) = 0;

    /// Makes pending what messages of the webhook's bot say to it that come after a position in the
    /// bot's stream: of the first `limit` of them. What is pending stays as it is.
    ///
    /// Errors: `not_found`; `cursor_lost` as `stream_store::read`.
    virtual result<replayed> replay(
        webhook_id webhook,
        const stream_position& after,
        std::size_t limit,
        deadline until
    ) = 0;

    /// Frees the room of webhooks that were removed: of `limit` deliveries at most. Answers of how
    /// many it was.
    virtual result<std::size_t> sweep(std::size_t limit, deadline until) = 0;
};

}  // namespace botcore
