#pragma once

#include <chrono>
#include <cstddef>
#include <limits>

namespace botapi::http {

struct coalescer_limits {
    std::size_t waiting_max = 4'096;  ///< Items in the queue; more are refused.
    std::chrono::nanoseconds wait_max{std::chrono::hours{24}};  ///< See `coalescer`.
    std::size_t batch_max = 512;                                ///< Items of one batch.

    /// The most weight of a batch, unless it has only one item, and of all items in the queue.
    std::size_t batch_weight_max = std::numeric_limits<std::size_t>::max();
    std::size_t waiting_weight_max = std::numeric_limits<std::size_t>::max();

    std::size_t lanes = 1;          ///< Batches that may run at once: see `waiting_lanes`.
    std::size_t parallel_from = 1;  ///< Fewest items of a batch that begins while another runs.
};

}  // namespace botapi::http
