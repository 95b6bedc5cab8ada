#pragma once

#include <cstddef>
#include <functional>

namespace botapi::http {

/// What a hub tells about itself. Each function is called often and from several threads.
struct hub_observer {
    std::function<void(std::ptrdiff_t change)> followers_changed;
    std::function<void(std::ptrdiff_t change)> feeds_changed;
    std::function<void(std::ptrdiff_t change)> size_changed;  ///< Bytes that are kept.
    std::function<void(std::size_t count)> rendered;          ///< Messages.
    std::function<void(std::size_t count)> delivered;         ///< Messages, to each follower.
    std::function<void()> read_behind;  ///< For one follower, who was behind what is kept.
};

}  // namespace botapi::http
