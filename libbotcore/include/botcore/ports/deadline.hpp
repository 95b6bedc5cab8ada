#pragma once

#include <chrono>

namespace botcore {

/// The moment after which nobody waits for an answer any more. Monotonic, so that steps of the
/// host's clock neither shorten nor extend it.
using deadline = std::chrono::steady_clock::time_point;

}  // namespace botcore
