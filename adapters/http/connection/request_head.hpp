#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace botapi::http {

/// Reads a request's header, whose first bytes are in the connection's buffer, and fills `asked`
/// from it; the header in `parser` is empty afterwards. Returns what forbids to answer it in
/// another way than with this problem and the connection's end; then `asked` holds what was
/// understood.
///
/// Throws `boost::system::system_error` if the client breaks off.
boost::asio::awaitable<std::optional<problem>> receive_head(
    connection& connection,
    request_parser& parser,
    request& asked,
    const limits& limits
);

/// Whether the client waits for a `100 Continue` before it sends the body.
bool expects_continue(const request& asked, unsigned version);

}  // namespace botapi::http
