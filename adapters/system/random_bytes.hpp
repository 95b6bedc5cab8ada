#pragma once

#include <cstddef>
#include <span>

namespace botcore::system {

/// Fills a place with the kernel's random numbers. Throws `std::system_error` if it has none.
void fill_randomly(std::span<std::byte> place);

}  // namespace botcore::system
