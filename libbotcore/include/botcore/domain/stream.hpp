#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/page.hpp>
#include <botcore/error.hpp>

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

/// A place in a stream: that of the last message before it. 0 is the place before the first.
using stream_position = std::uint64_t;

/// Where `one` stands in a stream that it belongs to.
[[nodiscard]] stream_position position_in(const stream_id& stream, const message& one) noexcept;

/// A place in a stream as an opaque word of URL-safe characters. It never expires, and says the
/// same to every server and every transport.
std::string to_text(const stream_id& stream, stream_position place);

/// The inverse of `to_text`. Nothing if `text` is no place in this stream.
std::optional<stream_position> parse_stream_position(
    const stream_id& stream,
    std::string_view text
) noexcept;

/// What came after a place.
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

    /// The place to read on from: that of the last message, or where the part began. What may
    /// not be seen moves no place, so that none tells of it.
    stream_position reached = 0;

    bool is_end = true;  ///< Whether nothing more was there to be read.

    friend bool operator==(const stream_part&, const stream_part&) = default;
};

/// Whether some of the stream's messages may not be seen.
[[nodiscard]] bool is_partial(const stream_query& query) noexcept;

/// Makes a part from what a storage found after a place: up to `limit + 1` messages that may be
/// seen, in the order of the stream.
stream_part make_part(const stream_query& query, stream_position after, std::vector<message> found);

/// The refusal, `place_lost`, of a place past the stream's end.
error place_lost(const stream_id& stream);

}  // namespace botcore
