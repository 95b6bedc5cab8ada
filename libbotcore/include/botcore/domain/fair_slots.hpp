#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/webhook.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace botcore {

/// How long a receiver probably holds a slot, according to its last attempt.
enum class pace : std::uint8_t {
    slow,     ///< The last attempt took long, or still does.
    unknown,  ///< No attempt is known.
    quick,
};

/// A number of slots that bots share, so that receivers that hang never hold all of them.
///
/// Slow receivers may hold half of the slots. Slow and unknown receivers together may hold three
/// quarters. So the last quarter is for quick receivers. In each of these three parts, a bot may
/// hold no more slots than are still free there. So the first bot leaves half for the others, and
/// each of them leaves some for the next.
class fair_slots {
public:
    /// A size of 0 counts as 1.
    explicit fair_slots(std::size_t size) noexcept;

    /// Whether a bot may take another slot for a receiver of this pace.
    [[nodiscard]] bool admits(bot_id bot, pace speed) const;

    /// Takes a slot. `admits` need not be true, because a quick receiver may become slow at any
    /// time.
    void take(bot_id bot, pace speed);

    [[nodiscard]] bool is_full() const noexcept
    {
        return parts_.back().taken >= parts_.back().size;
    }

    /// The slots that a bot holds.
    [[nodiscard]] std::size_t taken_by(bot_id bot) const { return parts_.back().taken_by(bot); }

private:
    /// The slots for receivers of one pace, and for those that are slower.
    struct part {
        std::size_t size = 1;
        std::size_t taken = 0;
        std::map<bot_id, std::size_t> by_bot{};

        [[nodiscard]] std::size_t taken_by(bot_id bot) const;
        [[nodiscard]] bool admits(bot_id bot) const;
    };

    std::array<part, 3> parts_{};  ///< By pace.
};

/// A webhook with deliveries that are due.
struct due_webhook {
    webhook_id webhook;
    bot_id bot;
    std::size_t due = 0;   ///< Delivery queues that are due.
    std::size_t busy = 0;  ///< Deliveries to it that are under way.
    pace speed = pace::unknown;
};

/// The number of deliveries of a webhook to try.
struct delivery_share {
    webhook_id webhook;
    std::size_t count = 0;

    friend bool operator==(const delivery_share&, const delivery_share&) = default;
};

/// Gives the free slots to webhooks, one by one. Each slot goes to the bot that holds the fewest,
/// and there to the webhook with the fewest deliveries under way. No webhook gets more than
/// `each_webhook` slots, those under way included. Among equal webhooks, `turn` decides which is
/// the first.
///
/// Only webhooks that get something are in the answer, in the order of `all`.
std::vector<delivery_share> share_out(
    fair_slots slots,
    std::size_t each_webhook,
    std::uint64_t turn,
    std::span<const due_webhook> all
);

}  // namespace botcore
