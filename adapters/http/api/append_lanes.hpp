#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/caller.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace botapi::http {

inline constexpr std::size_t append_lane_count = 2;

/// Submissions that are stored at the same time, in two lanes. The submissions of one conversation
/// are in one lane, so that they are stored in order.
using append_lanes = std::array<std::vector<botcore::submission>, append_lane_count>;

/// The answers to the submissions, in their order.
using append_lane_answers =
    std::array<std::vector<botcore::result<std::vector<botcore::appended>>>, append_lane_count>;

inline std::size_t lane_of(const botcore::conversation_id& conversation) noexcept
{
    return shard_of(conversation) % append_lane_count;
}

/// Stores all submissions of `sender` (see `request::sender`), which is `caller`, or nobody where
/// no key is needed. A lane that is refused because the queue is full is submitted again until it
/// is accepted. `patience` is the time limit of each attempt.
boost::asio::awaitable<append_lane_answers> append_all(
    gateway& gateway,
    append_lanes lanes,
    std::size_t sender,
    std::shared_ptr<const caller> caller,
    std::chrono::nanoseconds patience
);

}  // namespace botapi::http
