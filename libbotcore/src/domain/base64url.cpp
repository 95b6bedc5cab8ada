#include "base64url.hpp"

#include <cstddef>

namespace botcore {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string to_base64url(std::span<const std::uint8_t> bytes)
{
    std::string text;
    text.reserve(bytes.size() / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const unsigned group = unsigned{bytes[at]} << 16U | unsigned{bytes[at + 1]} << 8U |
                               unsigned{bytes[at + 2]};
        for (unsigned shift = 24; shift > 0; shift -= 6)
            text += alphabet[(group >> (shift - 6)) & 0x3fU];
    }
    return text;
}

bool read_base64url(std::string_view text, std::span<std::uint8_t> bytes) noexcept
{
    if (text.size() != bytes.size() / 3 * 4)
        return false;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (const char letter : text.substr(at / 3 * 4, 4)) {
            const auto digit = alphabet.find(letter);
            if (digit == std::string_view::npos)
                return false;
            group = group << 6U | static_cast<unsigned>(digit);
        }
        bytes[at] = static_cast<std::uint8_t>(group >> 16U);
        bytes[at + 1] = static_cast<std::uint8_t>(group >> 8U);
        bytes[at + 2] = static_cast<std::uint8_t>(group);
    }
    return true;
}

}  // namespace botcore
