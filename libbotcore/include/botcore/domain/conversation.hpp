#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/timestamp.hpp>

#include <cstdint>
#include <vector>

namespace botcore {

/// A bot and a client who exchanged messages in a conversation.
struct pairing {
    bot_id bot;
    client_id client;

    friend auto operator<=>(const pairing&, const pairing&) = default;
};

/// The counters of a conversation. All three are equal while messages are only added. They differ
/// once a message was hidden, or once its presentation was changed.
struct conversation_state {
    std::uint64_t message_count = 0;  ///< Messages that can be read.
    std::uint64_t last_seq = 0;       ///< The last `message::seq` of the conversation.
    std::uint64_t revision = 0;       ///< Grows with every change; used as the version.

    friend bool operator==(const conversation_state&, const conversation_state&) = default;
};

/// A conversation without its messages. It has at least one message.
struct conversation {
    conversation_id id;
    conversation_state state;
    std::vector<pairing> participants;  ///< Ordered by bot, then client. At least one.
    timestamp first;                    ///< Time of the first message in list order.
    message last;                       ///< The message that is last in list order.

    friend bool operator==(const conversation&, const conversation&) = default;
};

}  // namespace botcore
