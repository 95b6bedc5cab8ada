#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace botapi::http {

/// What a coalescer tells about itself. Each function is called often and from several threads.
struct coalescer_observer {
    std::function<void(std::ptrdiff_t change)> queue_changed;      ///< In items.
    std::function<void(std::size_t size)> batch_taken;             ///< In items.
    std::function<void(std::chrono::nanoseconds waited)> started;  ///< Of each item.
};

}  // namespace botapi::http
