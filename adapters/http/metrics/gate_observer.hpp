#pragma once

#include <cstddef>
#include <functional>

namespace botapi::http {

/// The events of a failover gate. The function is called often and from several threads.
struct gate_observer {
    std::function<void(std::ptrdiff_t change)> held_changed;  ///< In requests.
};

}  // namespace botapi::http
