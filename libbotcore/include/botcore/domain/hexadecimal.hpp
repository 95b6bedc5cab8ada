#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace botcore {

/// The digits, each at the index of its value.
inline constexpr std::string_view hexadecimal_digits = "0123456789abcdef";

/// The value of a digit of either case, 0 to 15; 16 if `digit` is not a digit.
[[nodiscard]] constexpr unsigned hexadecimal_value(char digit) noexcept
{
    if (digit >= '0' && digit <= '9')
        return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return static_cast<unsigned>(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F')
        return static_cast<unsigned>(digit - 'A') + 10;
    return 16;
}

[[nodiscard]] constexpr bool is_hexadecimal_digit(char character) noexcept
{
    return hexadecimal_value(character) < 16;
}

/// Appends two digits for each byte, in lower case.
void append_hexadecimal(std::string& out, std::span<const std::uint8_t> bytes);

/// Two digits for each byte, in lower case.
[[nodiscard]] std::string to_hexadecimal(std::span<const std::uint8_t> bytes);

/// Fills `bytes`: the inverse of `to_hexadecimal`. False unless `text` has two lower-case digits
/// for each of the bytes.
bool read_hexadecimal(std::string_view text, std::span<std::uint8_t> bytes) noexcept;

}  // namespace botcore
