#include <botcore/domain/text.hpp>

#include <cstdint>

namespace botcore {

namespace {

struct decoded {
    char32_t point;
    std::size_t size;  ///< Bytes, 1 to 4; 0 if the bytes are not a code point.
};

/// Reads the code point at the start of `text`, which is not empty.
///
/// The ranges are those of Unicode 15, table 3-7: only the second byte has limits of its own.
decoded decode(std::string_view text) noexcept
{
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80)
        return {lead, 1};

    const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
        return {0, 0};

    const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high)
        return {0, 0};

    char32_t point = lead & (0xffU >> (size + 1));
    for (std::size_t at = 1; at < size; ++at) {
        if ((byte(at) & 0xc0U) != 0x80)
            return {0, 0};
        point = (point << 6U) | (byte(at) & 0x3fU);
    }
    return {point, size};
}

/// The property `White_Space` (UAX #44, PropList.txt of Unicode 15).
bool is_white_space(char32_t point) noexcept
{
    return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

}  // namespace

std::optional<std::size_t> count_code_points(std::string_view text) noexcept
{
    std::size_t count = 0;
    while (!text.empty()) {
        const auto [point, size] = decode(text);
        if (size == 0)
            return std::nullopt;
        text.remove_prefix(size);
        ++count;
    }
    return count;
}

bool is_blank(std::string_view text) noexcept
{
    while (!text.empty()) {
        const auto [point, size] = decode(text);
        if (size == 0 || !is_white_space(point))
            return false;
        text.remove_prefix(size);
    }
    return true;
}

std::optional<std::string_view> unreadable_because(std::string_view text) noexcept
{
    if (!count_code_points(text))
        return "must be well-formed UTF-8.";
    if (is_blank(text))
        return "must not be blank: write at least one character that is not white space.";
    if (text.find('\0') != std::string_view::npos)
        return "must not contain the character U+0000.";
    return std::nullopt;
}

}  // namespace botcore
