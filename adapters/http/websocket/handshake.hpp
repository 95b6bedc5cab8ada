#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/websocket/deflate.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace botapi::http {

/// The refusal of a request that can't become a WebSocket; nothing if it can (RFC 6455 section
/// 4.2).
std::optional<response> refuse_socket(const request& request);

/// The terms of compression with the client; nothing if it offers none that can be accepted.
std::optional<deflate_terms> offered_deflate(const request& request);

/// The answer after which the connection is a WebSocket. It selects the first subprotocol of the
/// client that is in `supported`, if there is one. The caller sets `response::upgrade`.
///
/// Precondition: `refuse_socket` refused nothing.
response accept_socket(
    const request& request,
    std::initializer_list<std::string_view> supported,
    const std::optional<deflate_terms>& deflate
);

}  // namespace botapi::http
