#pragma once

#include "adapters/http/live/hub.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <botcore/domain/stream.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::http {

/// The header that tells where to read a stream on.
inline constexpr std::string_view stream_cursor_header = "Stream-Cursor";

/// Where to follow a stream, after having read the list of it that has this version, without
/// missing a message. To be asked before the list is read.
boost::asio::awaitable<botcore::result<std::string>> place_after(
    const request& asked,
    gateway& gateway,
    const botcore::stream_id& stream,
    std::uint64_t version
);

/// Answers `GET /messages` with what comes after a place in a stream: at once, as soon as there is
/// something, or as Server-Sent Events. The references must outlive the answer.
boost::asio::awaitable<response> follow_messages(request& asked, hub& live, const limits& limits);

}  // namespace botapi::http
