#pragma once

#include "adapters/http/live/hub.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

namespace botapi::http {

/// The header with the cursor from which a client can continue to follow a stream.
inline constexpr std::string_view stream_cursor_header = "Stream-Cursor";

/// Answers `GET /messages` with the messages after a position in a stream: immediately, after
/// waiting for the first one, or as Server-Sent Events. The references must outlive the answer.
boost::asio::awaitable<response> follow_messages(request& request, hub& live, const limits& limits);

}  // namespace botapi::http
