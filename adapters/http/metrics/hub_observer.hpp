#pragma once

#include <cstddef>
#include <functional>

namespace botapi::http {

/// The events of a hub. Each function is called often and from several threads.
struct hub_observer {
    std::function<void(std::ptrdiff_t change)> followers_changed;
    std::function<void(std::ptrdiff_t change)> feeds_changed;
    std::function<void(std::ptrdiff_t change)> size_changed;  ///< Bytes in memory.
    std::function<void(std::size_t count)> rendered;          ///< Messages.
    std::function<void(std::size_t count)> delivered;  ///< Messages, counted for each follower.
    /// A read for one follower that began, or that was behind the messages in memory.
    std::function<void()> read_behind;
};

}  // namespace botapi::http
