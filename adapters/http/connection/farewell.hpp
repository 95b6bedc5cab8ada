#pragma once

#include "adapters/http/connection/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace botapi::http {

// How a connection ends in order. Neither function takes longer than some seconds, and no client
// can make one throw.

/// Sends TLS's close notification. By it a client can tell a complete answer from one that was cut.
boost::asio::awaitable<void> finish(connection& connection);

/// Closes in such a way that the client gets the answer even if it is still sending. A plain close
/// with unread bytes would make the system discard the answer (RFC 9112 section 9.6).
boost::asio::awaitable<void> linger(connection& connection);

}  // namespace botapi::http
