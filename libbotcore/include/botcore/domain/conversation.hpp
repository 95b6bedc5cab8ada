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

/// What there is to say of a conversation without its messages. There is none without a message.
struct conversation {
    conversation_id id;

    /// The number of its messages, which is also the `seq` of the one stored last.
    std::uint64_t last_seq = 0;

    std::vector<pairing> participants;  ///< Ordered by bot, then client. At least one.
    timestamp first;                    ///< Of the message that is first in list order.
    message last;                       ///< The message that is last in list order.

    friend bool operator==(const conversation&, const conversation&) = default;
};

}  // namespace botcore
