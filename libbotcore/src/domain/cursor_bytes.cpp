#include "cursor_bytes.hpp"

#include <botcore/domain/base64.hpp>

#include <algorithm>

namespace botcore {

void put_head(std::span<std::uint8_t, cursor_head_size> to, std::uint32_t scope) noexcept
{
    to[0] = cursor_version;
    put(to.subspan<1>(), scope);
}

bool read_cursor(std::string_view text, std::uint32_t scope, std::span<std::uint8_t> into) noexcept
{
    return read_base64url(text, into) && into[0] == cursor_version &&
           get(into.subspan(1, 4)) == scope;
}

void put(std::span<std::uint8_t> to, std::uint64_t number) noexcept
{
    for (auto& byte : to) {
        byte = static_cast<std::uint8_t>(number);
        number >>= 8U;
    }
}

std::uint64_t get(std::span<const std::uint8_t> from) noexcept
{
    std::uint64_t number = 0;
    for (std::size_t at = from.size(); at-- > 0;)
        number = (number << 8U) | from[at];
    return number;
}

std::array<std::uint8_t, old_cursor::size> to_bytes(
    const old_cursor& cursor,
    std::uint32_t scope
) noexcept
{
    std::array<std::uint8_t, old_cursor::size> bytes{};
    bytes[0] = cursor.backwards ? 1 : 0;
    std::ranges::copy(cursor.key, bytes.begin() + 1);
    put(std::span{bytes}.last<4>(), scope);
    return bytes;
}

std::optional<old_cursor> parse_old_cursor(std::string_view text, std::uint32_t scope) noexcept
{
    std::array<std::uint8_t, old_cursor::size> bytes{};
    if (!read_base64url(text, bytes) || bytes[0] > 1 || get(std::span{bytes}.last<4>()) != scope)
        return std::nullopt;
    old_cursor read{.backwards = bytes[0] == 1};
    std::ranges::copy(std::span{bytes}.subspan<1, 16>(), read.key.begin());
    return read;
}

}  // namespace botcore
