#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace botcore {

/// A moment in the history of a store: everything that was committed up to it.
struct storage_position {
    /// Identifies the store. Positions of different stores can't be compared.
    std::uint64_t store = 0;

    /// The part of the history that it belongs to. A failover begins a new part, which shares the
    /// old one only up to the failover.
    std::uint32_t timeline = 0;

    /// Grows with every commit of one timeline.
    std::uint64_t offset = 0;

    friend auto operator<=>(const storage_position&, const storage_position&) = default;
};

/// The text of a position, for callers that send it back with a later read: 34 characters of
/// URL-safe base64. Callers can't interpret it. A checksum in it tells a text that was cut or
/// changed from that of another store.
std::string to_text(const storage_position& position);

/// The inverse of `to_text`; nothing if `text` is not the text of a position.
std::optional<storage_position> parse_storage_position(std::string_view text) noexcept;

}  // namespace botcore
