#pragma once

#include <cstddef>
#include <span>

namespace botcore::system {

/// Fills `bytes` with random bytes from the kernel. Throws `std::system_error` if that fails.
void fill_randomly(std::span<std::byte> bytes);

}  // namespace botcore::system
