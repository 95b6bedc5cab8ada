#include "base64.hpp"

#include <algorithm>
#include <cstddef>

namespace botcore {

namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::span<const std::uint8_t> bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), 3))) {
        unsigned group = 0;
        for (std::size_t at = 0; at < 3; ++at)
            group = group << 8U | (at < bytes.size() ? bytes[at] : 0U);
        for (std::size_t at = 0; at < 4; ++at)
            text += at <= bytes.size() ? base64_alphabet[(group >> (18 - 6 * at)) & 0x3fU] : '=';
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
    text.remove_suffix(padding);
    std::vector<std::uint8_t> bytes;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char one : text) {
        const auto digit = base64_alphabet.find(one);
        if (digit == std::string_view::npos)
            return std::nullopt;
        held = (held << 6U | static_cast<unsigned>(digit)) & 0xffffU;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(held >> bits));
        }
    }
    // Bits that belong to no byte are zero, or two texts would say the same.
    if ((held & ((1U << bits) - 1)) != 0)
        return std::nullopt;
    return bytes;
}

}  // namespace botcore
