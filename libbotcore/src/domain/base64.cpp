#include <botcore/domain/base64.hpp>

#include <cstddef>

namespace botcore {

namespace {

// A digit stands for six bits: its index in the alphabet is their value.
constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::size_t digit_count(std::size_t bytes) noexcept
{
    return (bytes * 8 + 5) / 6;
}

void append_digits(
    std::string& text,
    std::span<const std::uint8_t> bytes,
    std::string_view alphabet
)
{
    auto at = text.size();
    text.resize(at + digit_count(bytes.size()));
    unsigned held = 0;
    unsigned bits = 0;
    for (const auto byte : bytes) {
        held = held << 8U | byte;
        for (bits += 8; bits >= 6;) {
            bits -= 6;
            text[at++] = alphabet[(held >> bits) & 0x3fU];
        }
    }
    if (bits > 0)
        text[at] = alphabet[(held << (6 - bits)) & 0x3fU];
}

bool read_digits(
    std::string_view text,
    std::string_view alphabet,
    std::span<std::uint8_t> bytes
) noexcept
{
    if (text.size() != digit_count(bytes.size()))
        return false;
    unsigned held = 0;
    unsigned bits = 0;
    auto next = bytes.begin();
    for (const char one : text) {
        const auto digit = alphabet.find(one);
        if (digit == std::string_view::npos)
            return false;
        held = held << 6U | static_cast<unsigned>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *next++ = static_cast<std::uint8_t>(held >> bits);
        }
    }
    // Unused bits must be zero: otherwise two texts would stand for the same bytes.
    return (held & ((1U << bits) - 1)) == 0;
}

}  // namespace

std::string to_base64(std::span<const std::uint8_t> bytes)
{
    std::string text;
    text.reserve(digit_count(bytes.size()) + 2);  // Room for the padding.
    append_digits(text, bytes, standard_alphabet);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    text.remove_suffix(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
    std::vector<std::uint8_t> bytes(text.size() * 6 / 8);
    if (!read_digits(text, standard_alphabet, bytes))
        return std::nullopt;
    return bytes;
}

std::string to_base64url(std::span<const std::uint8_t> bytes)
{
    std::string text;
    append_digits(text, bytes, url_alphabet);
    return text;
}

void append_base64url(std::string& out, std::span<const std::uint8_t> bytes)
{
    append_digits(out, bytes, url_alphabet);
}

bool read_base64url(std::string_view text, std::span<std::uint8_t> bytes) noexcept
{
    return read_digits(text, url_alphabet, bytes);
}

}  // namespace botcore
