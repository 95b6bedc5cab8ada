#pragma once

#include <botcore/domain/message.hpp>

#include <string>

namespace botapi::wire {

/// The optional members that a client has requested.
struct message_extras {
    bool has_seq = false;  ///< The message's number within its conversation.

    friend bool operator==(const message_extras&, const message_extras&) = default;
};

/// Appends a message as clients see it: a JSON object with the members of the API, in the order of
/// the API. The extras come last. Line breaks occur only between the tokens of metadata.
void append_json(
    std::string& out,
    const botcore::message& message,
    const message_extras& extras = {}
);

}  // namespace botapi::wire
