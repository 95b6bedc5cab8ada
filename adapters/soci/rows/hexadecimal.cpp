#include "adapters/soci/rows/hexadecimal.hpp"

#include <charconv>
#include <cstddef>

namespace botapi::sql {

std::string in_hexadecimal(std::span<const std::uint8_t> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        text.push_back(digits[byte >> 4U]);
        text.push_back(digits[byte & 15U]);
    }
    return text;
}

bool read_hexadecimal(std::string_view text, std::span<std::uint8_t> bytes) noexcept
{
    if (text.size() != 2 * bytes.size())
        return false;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const char* const begin = text.data() + 2 * at;
        const auto [end, why] = std::from_chars(begin, begin + 2, bytes[at], 16);
        if (why != std::errc{} || end != begin + 2)
            return false;
    }
    return true;
}

}  // namespace botapi::sql
