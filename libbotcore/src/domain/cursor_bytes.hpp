#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace botcore {

/// A cursor begins with this byte and its scope. The rest depends on the kind of cursor.
inline constexpr std::uint8_t cursor_version = 2;

inline constexpr std::size_t cursor_head_size = 5;  ///< Bytes of the version and the scope.

/// Writes the head of a cursor.
void put_head(std::span<std::uint8_t, cursor_head_size> to, std::uint32_t scope) noexcept;

/// Reads the text of a cursor of as many bytes as `into`. False if `text` is not such a cursor, or
/// has another scope or version.
bool read_cursor(std::string_view text, std::uint32_t scope, std::span<std::uint8_t> into) noexcept;

/// Fills `to` with a number, the least significant byte first.
void put(std::span<std::uint8_t> to, std::uint64_t number) noexcept;

/// The inverse of `put`.
std::uint64_t get(std::span<const std::uint8_t> from) noexcept;

/// A cursor without a version, as servers before release 1 wrote it. It has the direction (1 byte:
/// 0, or 1 for backwards), the key (16 bytes) and the scope (4 bytes).
struct old_cursor {
    static constexpr std::size_t size = 21;  ///< Bytes.

    std::array<std::uint8_t, 16> key{};
    bool backwards = false;
};

/// Writes an old cursor.
std::array<std::uint8_t, old_cursor::size> to_bytes(
    const old_cursor& cursor,
    std::uint32_t scope
) noexcept;

/// Nothing if `text` is not an old cursor or has another scope.
std::optional<old_cursor> parse_old_cursor(std::string_view text, std::uint32_t scope) noexcept;

}  // namespace botcore
