#pragma once

#include <botcore/domain/direction.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/domain/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace botcore {

/// What a client says in a message: it is stored as it came, and given back as it was stored.
struct message_content {
    std::string text;
    std::optional<std::string> metadata{};  ///< A JSON object, the very text that was sent.

    /// Bytes of all parts.
    [[nodiscard]] std::size_t size() const noexcept
    {
        return text.size() + (metadata ? metadata->size() : 0);
    }

    friend bool operator==(const message_content&, const message_content&) = default;
};

/// What a bot or a client said, as it is stored. Never changes.
struct message {
    message_id id;
    conversation_id conversation;
    timestamp stamp;  ///< When it was said, as the sender wrote it.
    route way;        ///< Who said it to whom.
    message_content content;

    /// Its place within its conversation, from 1, without gaps, in the order of storing.
    std::uint64_t seq = 0;

    /// Its place among the messages of all conversations: grows in the order of arrival, with gaps.
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
