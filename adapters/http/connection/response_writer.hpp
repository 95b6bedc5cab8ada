#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstdint>

namespace botapi::http {

/// What the answer to a request depends on besides its content.
struct reply_form {
    unsigned version = 11;   ///< Of HTTP, times ten.
    bool keep_alive = true;  ///< Whether the connection stays open.
    bool head_only = false;  ///< For HEAD: the header as of a GET, and no body.
    bool is_secure = false;  ///< Whether it goes over TLS.
};

/// Writes an answer: with a length, or part by part if its body is a stream. `written` grows by the
/// bytes of the body as they are sent.
///
/// Throws `boost::system::system_error` if the client breaks off or is too slow, and whatever the
/// stream throws; then the body is not whole, and the connection must be closed without an end of
/// the body.
boost::asio::awaitable<void> write_response(
    connection& connection,
    response& answer,
    reply_form form,
    const limits& limits,
    std::uint64_t& written
);

}  // namespace botapi::http
