#pragma once

#include "adapters/http/live/follower.hpp"

#include <botcore/domain/stream.hpp>

#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// A stream that a socket follows. The socket's list and the coroutine that sends its messages
/// share it, because it may end while messages are being sent.
struct stream_subscription {
    explicit stream_subscription(std::string name) : id{std::move(name)} {}

    const std::string id;
    std::optional<follower> source{};  ///< Set immediately after construction.
    bool is_confirmed = false;         ///< Whether the confirmation of its begin was sent.
    bool is_queued = false;            ///< Whether it is in the queue of the sender.
    bool is_over = false;
};

}  // namespace botapi::http
