#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace botapi::http {

/// The events of a coalescer. Each function is called often and from several threads.
struct coalescer_observer {
    std::function<void(std::ptrdiff_t change)> queue_changed;    ///< In items.
    std::function<void(std::size_t size)> batch_taken;           ///< In items.
    std::function<void(std::chrono::nanoseconds wait)> started;  ///< For each item.
};

}  // namespace botapi::http
