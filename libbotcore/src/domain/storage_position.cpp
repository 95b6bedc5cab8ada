#include "cursor_bytes.hpp"

#include <botcore/domain/base64.hpp>
#include <botcore/domain/sha256.hpp>
#include <botcore/domain/storage_position.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace botcore {

namespace {

// The text has the version (1 byte), the store (8 bytes), the timeline (4 bytes), the offset (8
// bytes), and the first 4 bytes of the SHA-256 of all that.
constexpr std::uint8_t position_version = 1;
constexpr std::size_t store_at = 1;
constexpr std::size_t timeline_at = store_at + 8;
constexpr std::size_t offset_at = timeline_at + 4;
constexpr std::size_t check_at = offset_at + 8;
constexpr std::size_t check_size = 4;

using position_bytes = std::array<std::uint8_t, check_at + check_size>;

std::array<std::uint8_t, check_size> check_of(const position_bytes& bytes) noexcept
{
    sha256 hash;
    hash.add(std::span{bytes}.first<check_at>());
    const auto digest = hash.finish();
    std::array<std::uint8_t, check_size> check{};
    std::copy_n(digest.begin(), check_size, check.begin());
    return check;
}

}  // namespace

std::string to_text(const storage_position& position)
{
    position_bytes bytes{};
    bytes[0] = position_version;
    put(std::span{bytes}.subspan<store_at, 8>(), position.store);
    put(std::span{bytes}.subspan<timeline_at, 4>(), position.timeline);
    put(std::span{bytes}.subspan<offset_at, 8>(), position.offset);
    std::ranges::copy(check_of(bytes), bytes.begin() + check_at);
    return to_base64url(bytes);
}

std::optional<storage_position> parse_storage_position(std::string_view text) noexcept
{
    position_bytes bytes{};
    if (!read_base64url(text, bytes) || bytes[0] != position_version)
        return std::nullopt;
    if (!std::ranges::equal(check_of(bytes), std::span{bytes}.last<check_size>()))
        return std::nullopt;
    return storage_position{
        .store = get(std::span{bytes}.subspan<store_at, 8>()),
        .timeline = static_cast<std::uint32_t>(get(std::span{bytes}.subspan<timeline_at, 4>())),
        .offset = get(std::span{bytes}.subspan<offset_at, 8>())};
}

}  // namespace botcore
