#pragma once

#include "adapters/http/connection/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace botapi::http {

// How a connection ends in order. Neither function takes longer than some seconds, and no client
// can make one throw.

/// Sends TLS's close notification, which tells a complete answer from a connection that was cut.
boost::asio::awaitable<void> finish(connection& connection);

/// Closes so that the client gets the answer even while it is still sending: a close with unread
/// bytes would make the system discard the answer (RFC 9112 section 9.6).
boost::asio::awaitable<void> linger(connection& connection);

}  // namespace botapi::http
