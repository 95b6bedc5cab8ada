#include "adapters/wire/json_string.hpp"

#include "adapters/wire/text_encoding.hpp"

#include <botcore/domain/hexadecimal.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace botapi::wire {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) noexcept
{
    return static_cast<std::uint8_t>(bytes[at]);
}

/// Appends the escape `\u00xx` of a character below U+0100.
void append_code(std::string& out, std::uint8_t character)
{
    out += "\\u00";
    out += botcore::hexadecimal_digits[character >> 4U];
    out += botcore::hexadecimal_digits[character & 0x0fU];
}

/// Appends the escape of an ASCII character, in its short form if it has one.
void append_escape(std::string& out, char character)
{
    switch (character) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: append_code(out, static_cast<std::uint8_t>(character));
    }
}

/// The bytes that need no escape in a JSON string and are safe on a terminal.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> are_plain{};
    for (std::size_t code = 0x20; code < 0x7f; ++code)
        are_plain.at(code) = code != '"' && code != '\\';
    return are_plain;
}();

/// The number of plain bytes at the start of `bytes`: nearly always all of them.
std::size_t count_plain(std::string_view bytes) noexcept
{
    std::size_t count = 0;
    while (count < bytes.size() && plain_bytes[byte_at(bytes, count)])
        ++count;
    return count;
}

}  // namespace

// Boost.JSON copies text through its own buffer, which took most of the time of a list. This
// function copies whole runs of text that needs no escape.
void append_json(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (static_cast<unsigned char>(letter) >= 0x20 && letter != '"' && letter != '\\')
            continue;
        out.append(text, begin, at - begin);
        append_escape(out, letter);
        begin = at + 1;
    }
    out.append(text, begin);
    out += '"';
}

void append_printable_json(std::string& out, std::string_view bytes)
{
    out += '"';
    while (!bytes.empty()) {
        if (const auto plain = count_plain(bytes)) {
            out += bytes.substr(0, plain);
            bytes.remove_prefix(plain);
            continue;
        }
        const auto size = character_size(bytes);
        if (size == 0) {
            out += "\xef\xbf\xbd";
        } else if (size == 1) {
            append_escape(out, bytes.front());
        } else if (size == 2 && byte_at(bytes, 0) == 0xc2 && byte_at(bytes, 1) < 0xa0) {
            append_code(out, byte_at(bytes, 1));
        } else {
            out += bytes.substr(0, size);
        }
        bytes.remove_prefix(size == 0 ? 1 : size);
    }
    out += '"';
}

}  // namespace botapi::wire
