#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/page.hpp>
#include <botcore/domain/timestamp.hpp>
#include <botcore/domain/webhook.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botcore {

/// The pauses between the tries of one delivery, before jitter: there is one try more than pauses.
using retry_schedule = std::vector<std::chrono::milliseconds>;

/// 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 3 h, 6 h and 12 h: a day in all, nearly.
retry_schedule default_retry_schedule();

/// The longest pause that a receiver gets by `Retry-After`.
inline constexpr std::chrono::hours retry_after_max{24};

/// What is sent of a message to a webhook, as a name for one thing: the same in every try, another
/// for every message and every webhook. It is the value of the header `webhook-id`.
std::string delivery_name(webhook_id webhook, message_id sent);

/// The inverse of `delivery_name`. Nothing if `name` is none of this webhook.
std::optional<message_id> parse_delivery_name(webhook_id webhook, std::string_view name) noexcept;

/// How one try ended.
struct attempt {
    instant ended{};
    std::optional<unsigned> status{};  ///< Of the answer. Nothing, if there was none.
    std::string failure{};             ///< Why there was no answer, in a few words.
    std::optional<std::chrono::seconds> retry_after{};  ///< What the answer asked for.

    friend bool operator==(const attempt&, const attempt&) = default;
};

/// What is to become of a delivery after a try.
enum class verdict : std::uint8_t {
    delivered,  ///< It is done.
    retry,      ///< It is tried again.
    dead,       ///< It is not tried again by itself.
    gone,       ///< The receiver wants nothing any more: the webhook is disabled, nothing is lost.
};

struct judgement {
    botcore::verdict verdict;
    instant due{};  ///< When it is tried again, if it is.

    friend bool operator==(const judgement&, const judgement&) = default;
};

/// Decides what comes after the try number `tries`, from 1. Every answer from 200 to 299 is a
/// success, and every other one a failure, redirections included.
///
/// `jitter`, from 0 to 1, makes a pause up to a tenth longer, so that what failed together is not
/// tried again together.
judgement judge(
    const attempt& made,
    std::uint64_t tries,
    const retry_schedule& schedule,
    double jitter
) noexcept;

enum class delivery_state : std::uint8_t { pending = 0, dead = 1 };

inline constexpr std::array<std::pair<delivery_state, std::string_view>, 2> delivery_state_names{
    {{delivery_state::pending, "pending"}, {delivery_state::dead, "dead"}}};

/// A message that is on its way to a webhook, or did not get there. What was delivered is not kept.
struct delivery {
    webhook_id webhook;
    message_id sent;
    conversation_id conversation;
    std::uint64_t arrival = 0;  ///< That of the message.
    delivery_state state = delivery_state::pending;
    std::uint64_t tries = 0;
    std::optional<attempt> last{};  ///< Without its `retry_after`, which was made use of.

    friend bool operator==(const delivery&, const delivery&) = default;
};

using delivery_page = page<delivery, message_key>;

/// One page of the deliveries of a webhook that are in one state, in the order of their messages'
/// arrival, which is the `order` of their keys.
struct delivery_query {
    webhook_id webhook;
    delivery_state state = delivery_state::pending;
    std::size_t limit = page_size_max;  ///< 1 to `page_size_max`.
    std::optional<cursor<message_key>> from{};
};

/// Tells lists apart, so that a cursor of one is no cursor of another.
std::uint32_t scope_of(const delivery_query& query);

}  // namespace botcore
