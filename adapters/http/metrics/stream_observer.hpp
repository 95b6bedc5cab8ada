#pragma once

#include <cstddef>
#include <functional>

namespace botapi::http {

/// What the sockets of `GET /stream` tell about themselves. Each function is called often and from
/// several threads.
struct stream_observer {
    std::function<void(std::ptrdiff_t change)> sockets_changed;
    std::function<void(std::ptrdiff_t change)> subscriptions_changed;
    std::function<void()> received;   ///< A request.
    std::function<void()> delivered;  ///< A message of a subscription.
};

}  // namespace botapi::http
