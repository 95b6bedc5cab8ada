#pragma once

#include <chrono>

namespace botcore {

/// The moment after which a caller does not wait for the answer any more. Monotonic, so that steps
/// of the host's clock neither shorten nor extend the wait.
using deadline = std::chrono::steady_clock::time_point;

}  // namespace botcore
