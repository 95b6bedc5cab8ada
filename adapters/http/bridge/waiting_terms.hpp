#pragma once

#include <cstddef>

namespace botapi::http {

/// How an item waits in a coalescer.
struct waiting_terms {
    std::size_t lane = 0;    ///< Items of equal numbers are in one lane.
    std::size_t client = 0;  ///< Who sent it: clients take turns.
    std::size_t weight = 1;  ///< What it costs, at least 1: an append, about one for each row.
};

}  // namespace botapi::http
