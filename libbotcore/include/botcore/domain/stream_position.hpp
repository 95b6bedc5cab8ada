#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/timestamp.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace botcore {

/// Tells a message from any other that may be stored at the same point of a stream.
///
/// It is FNV-1a, 64 bit, over 32 bytes: those of the id, then `message::seq`, then the instant of
/// the timestamp in nanoseconds since 1970, both numbers with their least significant byte first.
/// Cursors have it in them, so it is the same on every server and in every version.
[[nodiscard]] std::uint64_t fingerprint_of(message_id id, std::uint64_t seq, instant at) noexcept;

/// The greatest `seq` or `arrival`: a database keeps them in signed 64 bits.
inline constexpr std::uint64_t order_max = INT64_MAX;

/// The last message that a reader has got from one source of a stream.
struct source_position {
    std::uint16_t source = 0;  ///< The source's number.

    /// From 1 to `order_max`. In the stream of a conversation `message::seq`, in that of a bot
    /// `message::arrival`.
    std::uint64_t order = 0;

    /// That of the message. Nothing, if the position comes from a cursor that has none.
    std::optional<std::uint64_t> fingerprint{};

    friend bool operator==(const source_position&, const source_position&) = default;
};

/// How far a reader has got in a stream: behind a message, or at the start.
///
/// A stream has sources, each with an order of its own, and a position has an entry for each that
/// something was read from. Today a stream has one source, with the number 0.
class stream_position {
public:
    /// The start, before the first message.
    constexpr stream_position() noexcept = default;

    /// Behind the message that has this order and this fingerprint.
    constexpr stream_position(std::uint64_t order, std::uint64_t fingerprint) noexcept
        : read_{.order = order, .fingerprint = fingerprint}
    {
    }

    /// Behind whatever has this order, as cursors without a fingerprint say; the start, if it is 0.
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
