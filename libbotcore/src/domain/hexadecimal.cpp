#include <botcore/domain/hexadecimal.hpp>

#include <cstddef>

namespace botcore {

namespace {

/// The value of a digit in lower case; 16 if `digit` is not one.
unsigned value_in_lower_case(char digit) noexcept
{
    return digit >= 'A' && digit <= 'F' ? 16 : hexadecimal_value(digit);
}

}  // namespace

void append_hexadecimal(std::string& out, std::span<const std::uint8_t> bytes)
{
    for (const auto byte : bytes) {
        out.push_back(hexadecimal_digits[byte >> 4U]);
        out.push_back(hexadecimal_digits[byte & 0x0fU]);
    }
}

std::string to_hexadecimal(std::span<const std::uint8_t> bytes)
{
    std::string text;
    text.reserve(2 * bytes.size());
    append_hexadecimal(text, bytes);
    return text;
}

bool read_hexadecimal(std::string_view text, std::span<std::uint8_t> bytes) noexcept
{
    if (text.size() != 2 * bytes.size())
        return false;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const auto high = value_in_lower_case(text[2 * at]);
        const auto low = value_in_lower_case(text[2 * at + 1]);
        if (high > 15 || low > 15)
            return false;
        bytes[at] = static_cast<std::uint8_t>((high << 4U) | low);
    }
    return true;
}

}  // namespace botcore
