#pragma once

#include <chrono>
#include <cstddef>

namespace botapi::webhooks {

/// A receiver, or the look-up of a name, that takes longer than this is slow.
inline constexpr std::chrono::milliseconds slow_after{1'000};

/// The number of receivers, or of names, whose pace is remembered. With more, all are forgotten.
inline constexpr std::size_t known_paces_max = 10'000;

}  // namespace botapi::webhooks
