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

/// The pauses between the attempts of one delivery, before jitter. The number of attempts is one
/// more than the number of pauses.
using retry_schedule = std::vector<std::chrono::milliseconds>;

/// 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 3 h, 6 h and 12 h: almost a day in total.
retry_schedule default_retry_schedule();

/// The longest pause that a receiver can request with `Retry-After`.
inline constexpr std::chrono::hours retry_after_max{24};

/// The name of the delivery of a message to a webhook. No other delivery has this name, and all
/// attempts of the delivery use it. It is the value of the header `webhook-id`.
std::string delivery_name(webhook_id webhook, message_id message);

/// The inverse of `delivery_name`. Nothing if `name` is not a delivery of this webhook.
std::optional<message_id> parse_delivery_name(webhook_id webhook, std::string_view name) noexcept;

/// The outcome of one attempt.
struct attempt {
    instant ended{};
    std::optional<unsigned> status{};  ///< HTTP status. Nothing without a response.
    std::string failure{};             ///< Why there was no response, in a few words.
    std::optional<std::chrono::seconds> retry_after{};  ///< From the response.

    friend bool operator==(const attempt&, const attempt&) = default;
};

/// What happens to a delivery after an attempt.
enum class verdict : std::uint8_t {
    delivered,  ///< The delivery is done.
    retry,      ///< The sender tries it again.
    dead,       ///< The sender does not try it again; an operator can.
    gone,       ///< The receiver answered 410. The webhook is disabled; its deliveries wait.
};

struct judgement {
    botcore::verdict verdict;
    std::chrono::nanoseconds pause{};  ///< Until the next attempt is due, for `verdict::retry`.

    friend bool operator==(const judgement&, const judgement&) = default;
};

/// Decides what happens after attempt number `tries`. Every status from 200 to 299 is a success.
/// Every other status is a failure, a redirection too.
///
/// Precondition: `tries` is at least 1.
///
/// `jitter` is from 0 to 1. It makes a pause up to a tenth longer. So deliveries that failed at the
/// same time are not repeated at the same time.
judgement judge(
    const attempt& attempt,
    std::uint64_t tries,
    const retry_schedule& schedule,
    double jitter
) noexcept;

enum class delivery_state : std::uint8_t { pending = 0, dead = 1 };

inline constexpr std::array<std::pair<delivery_state, std::string_view>, 2> delivery_state_names{
    {{delivery_state::pending, "pending"}, {delivery_state::dead, "dead"}}};

/// A message that is pending for a webhook, or dead. Finished deliveries are not stored.
struct delivery {
    webhook_id webhook;
    message_id message;
    conversation_id conversation;
    std::uint64_t arrival = 0;  ///< `message::arrival`.
    delivery_state state = delivery_state::pending;
    std::uint64_t tries = 0;
    std::optional<attempt> last{};  ///< Its `retry_after` is not stored.

    friend bool operator==(const delivery&, const delivery&) = default;
};

using delivery_page = page<delivery, message_key>;

/// A request for one page of a webhook's deliveries that are in one state. They are sorted by the
/// arrival of their messages. The arrival is also the `order` of their keys.
struct delivery_query {
    webhook_id webhook;
    delivery_state state = delivery_state::pending;
    std::size_t limit = page_size_max;  ///< 1 to `page_size_max`.
    std::optional<cursor<message_key>> from{};
};

/// Identifies the list in its cursors, so that a cursor of another list is refused.
std::uint32_t scope_of(const delivery_query& query);

}  // namespace botcore
