#pragma once

#include "adapters/http/protocol/problem.hpp"

#include <botcore/app/message_service.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::http {

// The frames of the server over `GET /stream`: JSON objects with a `type`.

/// The `instance` of problems over a socket.
inline constexpr std::string_view stream_path = "/stream";

/// A subscription has begun: the server will send every message after the cursor.
std::string subscribed_frame(std::string_view id, std::string_view cursor);

std::string unsubscribed_frame(std::string_view id);

/// A message is stored.
std::string sent_frame(std::string_view id, const botcore::appended& stored);

std::string pong_frame(std::string_view id);

/// A command is refused. `problem` is JSON. An empty `id` is left out.
std::string error_frame(std::string_view id, std::string_view problem);

/// A subscription has ended because its position is lost. `problem` is JSON.
std::string lost_frame(std::string_view subscription, std::string_view problem);

/// The parts of a message's frame: before the cursor, between cursor and message, and at the end.
std::string message_begin(std::string_view subscription);
std::string message_middle(std::uint64_t seq);
inline constexpr std::string_view message_end = "}";

}  // namespace botapi::http
