#pragma once

#include <cstddef>

namespace botapi::http {

/// How an item waits in a coalescer.
struct waiting_terms {
    std::size_t lane = 0;    ///< Items with equal numbers share a lane.
    std::size_t client = 0;  ///< The client that sent the item: clients take turns.
    std::size_t weight = 1;  ///< The cost, at least 1: for an append, about 1 for each row.
};

}  // namespace botapi::http
