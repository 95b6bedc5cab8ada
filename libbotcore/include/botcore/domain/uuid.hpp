#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace botcore {

/// A universally unique identifier (RFC 9562). All 128-bit values are valid, the nil UUID included.
class uuid {
public:
    static constexpr std::size_t size = 16;       ///< Bytes.
    static constexpr std::size_t text_size = 36;  ///< Characters of the canonical text.

    using bytes_type = std::array<std::uint8_t, size>;

    /// The nil UUID, all zero.
    constexpr uuid() noexcept = default;

    /// Shape: network byte order, as in RFC 9562 section 4.
    explicit constexpr uuid(const bytes_type& bytes) noexcept : bytes_{bytes} {}

    /// Reads the text of RFC 9562 section 4: 36 characters, hexadecimal digits of either case in
    /// groups of 8-4-4-4-12. Braces, `urn:uuid:` and missing hyphens are not accepted.
    static std::optional<uuid> parse(std::string_view text) noexcept;

    /// The canonical text: 36 characters, lower case.
    [[nodiscard]] std::string text() const;

    /// Appends the canonical text.
    void append_to(std::string& out) const;

    [[nodiscard]] constexpr const bytes_type& bytes() const noexcept { return bytes_; }

    /// The version field, 0 to 15 (RFC 9562 section 4.2).
    [[nodiscard]] constexpr unsigned version() const noexcept { return bytes_[6] >> 4U; }

    friend constexpr auto operator<=>(const uuid&, const uuid&) = default;

private:
    bytes_type bytes_{};
};

/// The number of one of 65,536 shards. All data of one conversation is in the same shard.
using shard_number = std::uint16_t;

/// Makes a version 7 UUID (RFC 9562 section 5.7). Such UUIDs sort by the time of their creation.
///
/// The low 48 bits of `since_epoch`, in milliseconds since 1970, are the time. The low 12 bits of
/// `sequence` order the ids of one millisecond (section 6.2, method 1). The last 16 bits are
/// `shard`, so that the id alone says which shard keeps the message. `random` fills the remaining
/// bits.
uuid make_uuid_v7(
    std::chrono::milliseconds since_epoch,
    std::uint16_t sequence,
    std::uint64_t random,
    shard_number shard
) noexcept;

/// Makes a version 8 UUID (RFC 9562 section 5.8) from the first 16 bytes of a hash. The version,
/// the variant and the shard (the last 16 bits) replace the bits of the hash.
uuid make_uuid_v8(std::span<const std::uint8_t, uuid::size> hash, shard_number shard) noexcept;

/// The shard written into the last 16 bits of an id by `make_uuid_v7` or `make_uuid_v8`.
///
/// The number has no meaning for an id that a client made.
[[nodiscard]] constexpr shard_number shard_hint(const uuid& id) noexcept
{
    return static_cast<shard_number>((id.bytes()[14] << 8U) | id.bytes()[15]);
}

}  // namespace botcore

/// Hashes all bytes, because clients may make UUIDs that differ in a few bits only.
template <>
struct std::hash<botcore::uuid> {
    std::size_t operator()(const botcore::uuid& id) const noexcept
    {
        std::size_t sum = 14695981039346656037ULL;  // FNV-1a, 64 bit.
        for (const auto byte : id.bytes())
            sum = (sum ^ byte) * 1099511628211ULL;
        return sum;
    }
};
