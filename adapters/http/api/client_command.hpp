#pragma once

#include "adapters/http/live/follower.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <botcore/app/message_service.hpp>
#include <botcore/domain/draft.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/domain/stream.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace botapi::http {

/// Bytes of the names that clients give to requests and subscriptions.
inline constexpr std::size_t stream_name_size_max = 64;

// The commands of a client over `GET /stream`. `id` is the client's name for a command; the answer
// repeats it.

/// Subscribes to the messages of a stream, from a position on. The subscription has the command's
/// name.
struct subscribe_command {
    std::string id;
    botcore::stream_id stream;
    start_position start;
};

struct unsubscribe_command {
    std::string id;  ///< Of the subscription.
};

/// Stores a message.
struct send_command {
    std::string id;
    botcore::draft message;
    std::optional<botcore::idempotency_key> key;
};

struct ping_command {
    std::string id;
};

/// A command that is refused.
struct bad_command {
    std::string id;  ///< Empty if the command has no valid id.
    problem fault;
};

using client_command =
    std::variant<subscribe_command, unsubscribe_command, send_command, ping_command, bad_command>;

/// Reads a command: one JSON object, as strictly as a request's body.
client_command read_command(std::string_view text, const botcore::message_service& messages);

}  // namespace botapi::http
