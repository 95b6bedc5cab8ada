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

/// What can be followed: the messages of a conversation in the order of `message::seq`, or those of
/// all conversations of a bot in the order of `message::arrival`. A stream only grows, at its end.
using stream_id = std::variant<conversation_id, bot_id>;

/// Where a message stands in a stream that it belongs to: its `seq` or its `arrival`.
[[nodiscard]] std::uint64_t order_in(const stream_id& stream, const message& one) noexcept;

/// The position behind a message in a stream that it belongs to.
[[nodiscard]] stream_position position_in(const stream_id& stream, const message& one) noexcept;

/// Writes the cursors of one stream: positions as opaque words of URL-safe characters. A cursor
/// never expires, and says the same to every server and every transport. The format is in ADR 20.
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

/// The inverse of `to_text`. Reads the cursors of older versions, too, which have no fingerprint.
/// Nothing if `text` is no cursor of this stream.
std::optional<stream_position> parse_stream_position(
    const stream_id& stream,
    std::string_view text
) noexcept;

/// What came after a position.
struct stream_query {
    stream_id stream;
    std::optional<stream_position> after{};  ///< Nothing: the end as it is now.
    std::size_t limit = page_size_max;       ///< 1 to `page_size_max`.

    /// Of a conversation, what was said with other bots is not there: it ends with the last message
    /// that may be seen. Precondition for a bot's stream: the bot may be seen.
    visible_bots visible{};
};

/// A piece of a stream.
struct stream_part {
    std::vector<message> messages{};  ///< In the order of the stream.

    /// The position to read on from: that of the last message, or where the part began. A storage
    /// answers with the start or with a position that has a fingerprint. Hidden messages never
    /// advance it, so it tells nothing of them.
    stream_position reached{};

    bool is_end = true;  ///< Whether nothing more was there to be read.

    friend bool operator==(const stream_part&, const stream_part&) = default;
};

/// Whether some of the stream's messages may not be seen.
[[nodiscard]] bool is_partial(const stream_query& query) noexcept;

/// Makes a part from what a storage found after a position: up to `limit + 1` messages that may be
/// seen, in the order of the stream.
stream_part make_part(
    const stream_query& query,
    const stream_position& after,
    std::vector<message> found
);

/// What a storage knows about a position that a reader brings, counting only messages that the
/// reader may see.
struct position_facts {
    std::optional<stream_position> last{};  ///< Behind the last message at or before the position.
    bool has_later = false;                 ///< Whether there is a message after the position.
};

/// Decides whether a reader can go on from a position, and answers from which one: that of a stored
/// message, or the start. So a position without a fingerprint gets one.
///
/// Errors: `cursor_lost` if the message behind which the position stands is not stored any more;
/// where there is no fingerprint, if the position is past the stream's end.
result<stream_position> confirm_position(
    const stream_position& position,
    const position_facts& facts
);

}  // namespace botcore
