#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/page.hpp>
#include <botcore/domain/stream_position.hpp>
#include <botcore/error.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace botcore {

/// A stream that readers can follow: the messages of a conversation in the order of `message::seq`,
/// or those of all conversations of a bot in the order of `message::arrival`. It only grows, at its
/// end.
using stream_id = std::variant<conversation_id, bot_id>;

/// The number by which a stream orders one of its messages: `seq` or `arrival`.
[[nodiscard]] std::uint64_t order_in(const stream_id& stream, const message& one) noexcept;

/// The position behind one of the stream's messages.
[[nodiscard]] stream_position position_in(const stream_id& stream, const message& one) noexcept;

/// Writes the cursors of one stream. A cursor is a position as opaque text of URL-safe characters.
/// It never expires, and every server and transport accepts it. ADR 20 defines the format.
class stream_cursor_writer {
public:
    explicit stream_cursor_writer(const stream_id& stream) noexcept;

    /// Appends the cursor of a position.
    void append(std::string& out, const stream_position& position) const;

private:
    std::uint32_t scope_;
};

/// The cursor of a position in a stream.
std::string to_text(const stream_id& stream, const stream_position& position);

/// The inverse of `to_text`. Also reads the cursors of older versions, which have no fingerprint.
/// Nothing if `text` is not a cursor of this stream.
std::optional<stream_position> parse_stream_position(
    const stream_id& stream,
    std::string_view text
) noexcept;

/// A read of the messages after a position.
struct stream_query {
    stream_id stream;
    std::optional<stream_position> after{};  ///< Nothing: the current end.
    std::size_t limit = page_size_max;       ///< 1 to `page_size_max`.

    /// In the stream of a conversation, messages with other bots are left out, and the stream ends
    /// with the last visible message. Precondition for the stream of a bot: the bot is visible.
    visible_bots visible{};
};

/// A part of a stream.
struct stream_part {
    std::vector<message> messages{};  ///< In the order of the stream.

    /// The position to continue from: that of the last message, or the one where the part began. A
    /// storage answers with the start or with a position that has a fingerprint. Hidden messages
    /// never advance it, so it leaks nothing about them.
    stream_position reached{};

    bool is_end = true;  ///< Whether the part reaches the current end of the stream.

    friend bool operator==(const stream_part&, const stream_part&) = default;
};

/// Whether some of the stream's messages may be hidden from the caller.
[[nodiscard]] bool is_partial(const stream_query& query) noexcept;

/// Makes a part from the messages that a storage found after a position: up to `limit + 1` visible
/// messages, in the order of the stream.
stream_part make_part(
    const stream_query& query,
    const stream_position& after,
    std::vector<message> found
);

/// The facts about a reader's position that a storage reads. Messages that the reader may not see
/// have no effect on them.
struct position_facts {
    std::optional<stream_position> last{};  ///< Behind the last message up to there.
    bool has_later = false;                 ///< Whether there is a message after the position.
};

/// Decides whether a reader can continue from a position, and answers the position to continue
/// from: that of a stored message, or the start. So a position without a fingerprint gets one.
///
/// Errors: `cursor_lost` if the message behind which the position stands is not stored any more,
/// or, without a fingerprint, if the position is past the end of the stream.
result<stream_position> confirm_position(
    const stream_position& position,
    const position_facts& facts
);

}  // namespace botcore
