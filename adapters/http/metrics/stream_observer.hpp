#pragma once

#include <cstddef>
#include <functional>

namespace botapi::http {

/// The events of the sockets of `GET /stream`. Each function is called often and from several
/// threads.
struct stream_observer {
    std::function<void(std::ptrdiff_t change)> sockets_changed;
    std::function<void(std::ptrdiff_t change)> subscriptions_changed;
    std::function<void()> received;   ///< A command.
    std::function<void()> delivered;  ///< A message of a subscription.
};

}  // namespace botapi::http
