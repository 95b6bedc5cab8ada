#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace botapi::http {

/// Reads a request's header, whose first bytes are in the connection's buffer, and fills `request`
/// from it. Afterwards the header in `parser` is empty.
///
/// Returns a problem if the header is faulty: that problem is the answer, and the connection has to
/// end. `request` then holds what could be read.
///
/// Throws `boost::system::system_error` if the client breaks off.
boost::asio::awaitable<std::optional<problem>> receive_head(
    connection& connection,
    request_parser& parser,
    request& request,
    const limits& limits
);

/// Whether the client waits for a `100 Continue` before it sends the body.
bool expects_continue(const request& request, unsigned version);

}  // namespace botapi::http
