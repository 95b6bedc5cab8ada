#include <botcore/domain/base64.hpp>
#include <botcore/domain/page.hpp>

#include <array>
#include <span>

namespace botcore {

namespace {

constexpr std::size_t key_size = 16;                   ///< Bytes of either kind of key.
constexpr std::size_t cursor_size = 1 + key_size + 4;  ///< The way, the key, the scope.
static_assert(cursor_size % 3 == 0, "So that the text needs no padding.");

using key_bytes = std::array<std::uint8_t, key_size>;
using cursor_bytes = std::array<std::uint8_t, cursor_size>;

void put(std::span<std::uint8_t> place, std::uint64_t number) noexcept
{
    for (auto& byte : place) {
        byte = static_cast<std::uint8_t>(number);
        number >>= 8U;
    }
}

std::uint64_t get(std::span<const std::uint8_t> place) noexcept
{
    std::uint64_t number = 0;
    for (std::size_t at = place.size(); at-- > 0;)
        number = (number << 8U) | place[at];
    return number;
}

std::string encode(const key_bytes& key, bool backwards, std::uint32_t scope)
{
    cursor_bytes bytes{};
    bytes[0] = backwards ? 1 : 0;
    std::ranges::copy(key, bytes.begin() + 1);
    put(std::span{bytes}.last<4>(), scope);
    return to_base64url(bytes);
}

std::optional<cursor<key_bytes>> decode(std::string_view text, std::uint32_t scope) noexcept
{
    cursor_bytes bytes{};
    if (!read_base64url(text, bytes))
        return std::nullopt;
    if (bytes[0] > 1 || get(std::span{bytes}.last<4>()) != scope)
        return std::nullopt;

    cursor<key_bytes> read{.key = {}, .backwards = bytes[0] == 1};
    std::ranges::copy(std::span{bytes}.subspan<1, key_size>(), read.key.begin());
    return read;
}

}  // namespace

std::string to_text(const cursor<uuid>& cursor, std::uint32_t scope)
{
    return encode(cursor.key.bytes(), cursor.backwards, scope);
}

std::string to_text(const cursor<message_key>& cursor, std::uint32_t scope)
{
    key_bytes key{};
    put(std::span{key}.first<8>(),
        static_cast<std::uint64_t>(cursor.key.at.time_since_epoch().count()));
    put(std::span{key}.last<8>(), cursor.key.order);
    return encode(key, cursor.backwards, scope);
}

std::optional<cursor<uuid>> parse_id_cursor(std::string_view text, std::uint32_t scope) noexcept
{
    const auto read = decode(text, scope);
    if (!read)
        return std::nullopt;
    return cursor<uuid>{uuid{read->key}, read->backwards};
}

std::optional<cursor<message_key>> parse_message_cursor(
    std::string_view text,
    std::uint32_t scope
) noexcept
{
    const auto read = decode(text, scope);
    if (!read)
        return std::nullopt;
    const auto at = static_cast<std::int64_t>(get(std::span{read->key}.first<8>()));
    const auto order = get(std::span{read->key}.last<8>());
    // A database keeps orders in signed 64 bits: no list has an item past them.
    if (order > static_cast<std::uint64_t>(INT64_MAX))
        return std::nullopt;
    return cursor<message_key>{
        message_key{instant{std::chrono::nanoseconds{at}}, order},
        read->backwards};
}

}  // namespace botcore
