#include "adapters/http/websocket/frame.hpp"

#include <algorithm>

namespace botapi::http {

namespace {

void append_number(std::string& to, std::uint64_t number, unsigned bytes)
{
    for (unsigned at = bytes; at-- > 0;)
        to += static_cast<char>((number >> (8 * at)) & 0xFFU);
}

}  // namespace

std::string frame_head(opcode kind, std::size_t size, bool is_deflated)
{
    constexpr unsigned final = 0x80;
    constexpr unsigned deflated = 0x40;
    std::string head;
    const unsigned first = final | (is_deflated ? deflated : 0U) | static_cast<unsigned>(kind);
    append_number(head, first, 1);
    if (size <= control_size_max) {
        append_number(head, size, 1);
    } else if (size <= 0xFFFF) {
        append_number(head, 126, 1);
        append_number(head, size, 2);
    } else {
        append_number(head, 127, 1);
        append_number(head, size, 8);
    }
    return head;
}

std::string close_content(close_code code, std::string_view reason)
{
    auto size = std::min(reason.size(), control_size_max - 2);
    const auto is_within_character = [&] {
        return size < reason.size() && (static_cast<unsigned char>(reason[size]) & 0xC0U) == 0x80;
    };
    while (is_within_character())
        --size;
    std::string content;
    append_number(content, static_cast<std::uint16_t>(code), 2);
    content += reason.substr(0, size);
    return content;
}

bool is_close_code(unsigned code) noexcept
{
    constexpr unsigned first_reserved = 1004;
    constexpr unsigned last_reserved = 1006;
    constexpr unsigned last_registered = 1014;
    if (code >= 1000 && code <= last_registered)
        return code < first_reserved || code > last_reserved;
    return code >= 3000 && code <= 4999;
}

}  // namespace botapi::http
