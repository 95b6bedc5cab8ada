#pragma once

#include "adapters/http/live/follower.hpp"

#include <botcore/domain/stream.hpp>

#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// A stream that a socket follows. It is shared by the socket's list of them and by who is sending
/// of it, who may be in the middle of that when it ends.
struct stream_subscription {
    explicit stream_subscription(std::string name) : id{std::move(name)} {}

    const std::string id;
    std::optional<follower> source{};  ///< Set at once.
    bool is_confirmed = false;         ///< Whether the client was told that it has begun.
    bool is_queued = false;            ///< Whether it is about to be looked at.
    bool is_over = false;
};

}  // namespace botapi::http
