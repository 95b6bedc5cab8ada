#pragma once

#include "adapters/http/live/hub.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

namespace botapi::http {

/// The header with the cursor from which a stream is followed on.
inline constexpr std::string_view stream_cursor_header = "Stream-Cursor";

/// Answers `GET /messages` with what comes after a position in a stream: at once, as soon as there
/// is something, or as Server-Sent Events. The references must outlive the answer.
boost::asio::awaitable<response> follow_messages(request& asked, hub& live, const limits& limits);

}  // namespace botapi::http
