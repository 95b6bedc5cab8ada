#pragma once

#include <chrono>

namespace botcore {

/// The moment after which a caller stops waiting for the answer. It is monotonic, so that jumps of
/// the host's clock neither shorten nor extend the wait.
using deadline = std::chrono::steady_clock::time_point;

}  // namespace botcore
