#include "cursor_bytes.hpp"

#include <botcore/domain/base64.hpp>
#include <botcore/domain/page.hpp>
#include <botcore/domain/stream_position.hpp>

#include <array>
#include <span>

namespace botcore {

namespace {

// After the head, a cursor of a list has its direction (1 byte) and its key. The key of an id is
// its 16 bytes. The key of a message is the number of its source (2 bytes), its instant (8 bytes)
// and its order (8 bytes). Today every message has the source 0.
constexpr std::size_t direction_at = cursor_head_size;
constexpr std::size_t key_at = direction_at + 1;
using id_bytes = std::array<std::uint8_t, key_at + uuid::size>;
using message_bytes = std::array<std::uint8_t, key_at + 2 + 8 + 8>;

/// The bytes of a list's cursor, without its key.
template <class Bytes>
Bytes begin_cursor(bool backwards, std::uint32_t scope) noexcept
{
    Bytes bytes{};
    put_head(std::span{bytes}.template first<cursor_head_size>(), scope);
    bytes[direction_at] = backwards ? 1 : 0;
    return bytes;
}

/// Nothing if `text` is not a cursor of this version, size and list.
template <class Bytes>
std::optional<Bytes> read_list_cursor(std::string_view text, std::uint32_t scope) noexcept
{
    Bytes bytes{};
    if (!read_cursor(text, scope, bytes) || bytes[direction_at] > 1)
        return std::nullopt;
    return bytes;
}

std::optional<cursor<message_key>> message_cursor(
    std::uint64_t at,
    std::uint64_t order,
    bool backwards
) noexcept
{
    if (order > order_max)
        return std::nullopt;
    const instant when{std::chrono::nanoseconds{static_cast<std::int64_t>(at)}};
    return cursor<message_key>{{when, order}, backwards};
}

}  // namespace

std::string to_text(const cursor<uuid>& cursor, std::uint32_t scope)
{
    auto bytes = begin_cursor<id_bytes>(cursor.backwards, scope);
    std::ranges::copy(cursor.key.bytes(), bytes.begin() + key_at);
    return to_base64url(bytes);
}

std::string to_text(const cursor<message_key>& cursor, std::uint32_t scope)
{
    auto bytes = begin_cursor<message_bytes>(cursor.backwards, scope);
    const auto at = cursor.key.at.time_since_epoch().count();
    put(std::span{bytes}.subspan<key_at + 2, 8>(), static_cast<std::uint64_t>(at));
    put(std::span{bytes}.last<8>(), cursor.key.order);
    return to_base64url(bytes);
}

std::optional<cursor<uuid>> parse_id_cursor(std::string_view text, std::uint32_t scope) noexcept
{
    if (const auto old = parse_old_cursor(text, scope))
        return cursor<uuid>{uuid{old->key}, old->backwards};
    const auto bytes = read_list_cursor<id_bytes>(text, scope);
    if (!bytes)
        return std::nullopt;
    uuid::bytes_type key{};
    std::ranges::copy(std::span{*bytes}.subspan<key_at>(), key.begin());
    return cursor<uuid>{uuid{key}, (*bytes)[direction_at] == 1};
}

std::optional<cursor<message_key>> parse_message_cursor(
    std::string_view text,
    std::uint32_t scope
) noexcept
{
    if (const auto old = parse_old_cursor(text, scope)) {
        const std::span key{old->key};
        return message_cursor(get(key.first<8>()), get(key.last<8>()), old->backwards);
    }
    const auto bytes = read_list_cursor<message_bytes>(text, scope);
    if (!bytes)
        return std::nullopt;
    const std::span key = std::span{*bytes}.subspan<key_at>();
    if (get(key.first<2>()) != 0)
        return std::nullopt;
    const bool backwards = (*bytes)[direction_at] == 1;
    return message_cursor(get(key.subspan<2, 8>()), get(key.last<8>()), backwards);
}

}  // namespace botcore
