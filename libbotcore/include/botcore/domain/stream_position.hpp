#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace botcore {

/// Distinguishes a message from any other that might be stored at the same position of a stream.
///
/// It is FNV-1a, 64 bit, over 32 bytes: those of the id, then `message::seq`, then the instant of
/// the timestamp in nanoseconds since 1970, both numbers with their least significant byte first.
/// Cursors contain it, so it must stay the same on every server and in every version.
[[nodiscard]] std::uint64_t fingerprint_of(message_id id, std::uint64_t seq, instant at) noexcept;

/// The greatest `seq` or `arrival`: a database keeps them in signed 64 bits.
inline constexpr std::uint64_t order_max = INT64_MAX;

/// The last message that a reader has received from one source of a stream.
struct source_position {
    std::uint16_t source = 0;  ///< The number of the source.

    /// From 1 to `order_max`. In the stream of a conversation `message::seq`, in that of a bot
    /// `message::arrival`.
    std::uint64_t order = 0;

    /// The fingerprint of the message. Nothing if the position comes from a cursor without one.
    std::optional<std::uint64_t> fingerprint{};

    friend bool operator==(const source_position&, const source_position&) = default;
};

/// The position of a reader in a stream: behind a message, or at the start.
///
/// A stream has sources, each with its own order. A position has an entry for every source that the
/// reader has read from. Today a stream has one source, number 0.
class stream_position {
public:
    /// The start, before the first message.
    constexpr stream_position() noexcept = default;

    /// The position behind the message that has this order and this fingerprint.
    constexpr stream_position(std::uint64_t order, std::uint64_t fingerprint) noexcept
        : read_{.order = order, .fingerprint = fingerprint}
    {
    }

    /// The position behind any message with this order, for cursors without a fingerprint. If
    /// `order` is 0, it is the start.
    static constexpr stream_position unchecked(std::uint64_t order) noexcept
    {
        stream_position made;
        made.read_.order = order;
        return made;
    }

    [[nodiscard]] constexpr bool is_start() const noexcept { return read_.order == 0; }

    /// The entries, in the order of the sources' numbers. None at the start.
    [[nodiscard]] constexpr std::span<const source_position> sources() const noexcept
    {
        return {&read_, is_start() ? 0U : 1U};
    }

    /// The order of the only source's entry. 0 at the start.
    [[nodiscard]] constexpr std::uint64_t order() const noexcept { return read_.order; }

    /// The fingerprint of the only source's entry. Nothing at the start.
    [[nodiscard]] constexpr std::optional<std::uint64_t> fingerprint() const noexcept
    {
        return read_.fingerprint;
    }

    friend constexpr bool operator==(const stream_position&, const stream_position&) = default;

private:
    source_position read_{};
};

inline constexpr stream_position stream_start{};

}  // namespace botcore
