#pragma once

#include "adapters/http/protocol/problem.hpp"

#include <botcore/app/message_service.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::http {

// What the server says over `GET /stream`: JSON objects, whose `type` says what they are.

/// The path that problems over a socket are about.
inline constexpr std::string_view stream_path = "/stream";

/// A subscription has begun: all that comes after the cursor will be sent.
std::string subscribed_frame(std::string_view id, std::string_view cursor);

std::string unsubscribed_frame(std::string_view id);

/// A message is stored.
std::string sent_frame(std::string_view id, const botcore::appended& stored);

std::string pong_frame(std::string_view id);

/// A request can't be done. `problem` is one as JSON. An empty `id` is left out.
std::string error_frame(std::string_view id, std::string_view problem);

/// A subscription has ended, since its place is not there any more. `problem` is JSON.
std::string lost_frame(std::string_view subscription, std::string_view problem);

/// What stands before a message's cursor, between that and the message, and at the end.
std::string message_begin(std::string_view subscription);
std::string message_middle(std::uint64_t seq);
inline constexpr std::string_view message_end = "}";

}  // namespace botapi::http
