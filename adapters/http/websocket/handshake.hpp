#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/websocket/deflate.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace botapi::http {

/// What keeps a request from becoming a WebSocket; nothing if it may become one (RFC 6455 section
/// 4.2).
std::optional<response> refuse_socket(const request& asked);

/// What can be agreed on about compression with the client; nothing if it wants none.
std::optional<deflate_terms> offered_deflate(const request& asked);

/// The answer after which the connection is a WebSocket. The subprotocol is the first of the
/// client's that is `spoken`; none if the client names none of these. What is done over the socket
/// is left to be set.
///
/// Precondition: `refuse_socket` refused nothing.
response accept_socket(
    const request& asked,
    std::initializer_list<std::string_view> spoken,
    const std::optional<deflate_terms>& deflate
);

}  // namespace botapi::http
