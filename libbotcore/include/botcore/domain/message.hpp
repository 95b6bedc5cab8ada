#pragma once

#include <botcore/domain/direction.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace botcore {

/// The content of a message. It is stored and returned byte for byte.
struct message_content {
    std::string text;
    std::optional<std::string> metadata{};  ///< The text of a JSON object.

    /// Bytes of all parts.
    [[nodiscard]] std::size_t size() const noexcept
    {
        return text.size() + (metadata ? metadata->size() : 0);
    }

    friend bool operator==(const message_content&, const message_content&) = default;
};

/// A stored message of a bot or a client. It never changes.
struct message {
    message_id id;
    conversation_id conversation;
    timestamp stamp;  ///< The time of the message, as the sender wrote it.
    route way;        ///< Sender and recipient.
    message_content content;

    /// The number of the message in its conversation. Numbers begin with 1, have no gaps, and
    /// follow the order in which the messages were stored.
    std::uint64_t seq = 0;

    /// The number of the message among those of all conversations. Numbers follow the order of
    /// arrival and have gaps.
    std::uint64_t arrival = 0;

    friend bool operator==(const message&, const message&) = default;
};

/// A stored message, and whether an earlier request had stored it already.
struct appended {
    message stored;
    bool replayed = false;

    friend bool operator==(const appended&, const appended&) = default;
};

}  // namespace botcore
