#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace botcore {

/// The last `Size` bytes of a number, the most significant first.
template <std::size_t Size>
std::array<std::uint8_t, Size> big_endian(std::uint64_t number) noexcept
{
    std::array<std::uint8_t, Size> bytes{};
    for (std::size_t at = 0; at < Size; ++at)
        bytes[at] = static_cast<std::uint8_t>(number >> (8 * (Size - 1 - at)));
    return bytes;
}

}  // namespace botcore
