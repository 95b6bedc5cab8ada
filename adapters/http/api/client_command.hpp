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

/// Bytes of what clients call their requests and subscriptions.
inline constexpr std::size_t stream_name_size_max = 64;

// What a client may say over `GET /stream`. `id` is how it calls the request, and how we answer it.

/// To be sent the messages of a stream, from a position on. The subscription has the request's
/// name.
struct subscribe_command {
    std::string id;
    botcore::stream_id stream;
    start_position start;
};

struct unsubscribe_command {
    std::string id;  ///< Of the subscription.
};

/// To store a message.
struct send_command {
    std::string id;
    botcore::draft message;
    std::optional<botcore::idempotency_key> key;
};

struct ping_command {
    std::string id;
};

/// What can't be done.
struct bad_command {
    std::string id;  ///< Empty if the request does not say it, or not well.
    problem fault;
};

using client_command =
    std::variant<subscribe_command, unsubscribe_command, send_command, ping_command, bad_command>;

/// Reads what a client says: one JSON object, as strictly as a request's body.
client_command read_command(std::string_view text, const botcore::message_service& messages);

}  // namespace botapi::http
