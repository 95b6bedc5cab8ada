#pragma once

#include "adapters/http/connection/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace botapi::http {

// How a connection ends in order. Neither takes long, nor throws what a client could cause.

/// Tells a client that speaks TLS that the server has come to its end, and was not cut off.
boost::asio::awaitable<void> finish(connection& connection);

/// Closes so that the client gets the answer even if it is still sending: a close with bytes unread
/// would make the system throw the answer away (RFC 9112 section 9.6).
boost::asio::awaitable<void> linger(connection& connection);

}  // namespace botapi::http
