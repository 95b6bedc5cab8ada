#include "adapters/logging/json_string.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace botapi::logging {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) noexcept
{
    return static_cast<std::uint8_t>(bytes[at]);
}

/// The size of the well-formed sequence at the start of `bytes`, or 0 (Unicode 15, table 3-7).
std::size_t sequence_size(std::string_view bytes) noexcept
{
    const auto lead = byte_at(bytes, 0);
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;

    const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (bytes.size() < size)
        return 0;
    const auto second = byte_at(bytes, 1);
    const std::uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most)
        return 0;
    for (std::size_t at = 2; at < size; ++at) {
        if ((byte_at(bytes, at) & 0xc0U) != 0x80)
            return 0;
    }
    return size;
}

void append_escape(std::string& to, std::uint8_t character)
{
    constexpr std::string_view digits = "0123456789abcdef";
    to += "\\u00";
    to += digits[character >> 4U];
    to += digits[character & 0x0fU];
}

/// Appends a character of ASCII that can't stand for itself.
void append_special(std::string& to, char character)
{
    switch (character) {
        case '"': to += "\\\""; return;
        case '\\': to += "\\\\"; return;
        case '\n': to += "\\n"; return;
        case '\r': to += "\\r"; return;
        case '\t': to += "\\t"; return;
        default: append_escape(to, static_cast<std::uint8_t>(character));
    }
}

/// Which bytes stand for themselves, each alone.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> are_plain{};
    for (std::size_t code = 0x20; code < 0x7f; ++code)
        are_plain.at(code) = code != '"' && code != '\\';
    return are_plain;
}();

/// How many of them there are at the start of `bytes`: nearly always all.
std::size_t count_plain(std::string_view bytes) noexcept
{
    std::size_t count = 0;
    while (count < bytes.size() && plain_bytes[byte_at(bytes, count)])
        ++count;
    return count;
}

}  // namespace

void append_json_string(std::string& to, std::string_view bytes)
{
    to += '"';
    while (!bytes.empty()) {
        if (const auto plain = count_plain(bytes)) {
            to += bytes.substr(0, plain);
            bytes.remove_prefix(plain);
            continue;
        }
        const auto size = sequence_size(bytes);
        if (size == 0) {
            to += "\xef\xbf\xbd";
        } else if (size == 1) {
            append_special(to, bytes.front());
        } else if (size == 2 && byte_at(bytes, 0) == 0xc2 && byte_at(bytes, 1) < 0xa0) {
            append_escape(to, byte_at(bytes, 1));
        } else {
            to += bytes.substr(0, size);
        }
        bytes.remove_prefix(size == 0 ? 1 : size);
    }
    to += '"';
}

}  // namespace botapi::logging
