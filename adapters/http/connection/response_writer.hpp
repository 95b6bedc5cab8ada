#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstdint>

namespace botapi::http {

/// The form of an answer, whatever its content.
struct reply_form {
    unsigned version = 11;   ///< Of HTTP, times ten.
    bool keep_alive = true;  ///< Whether the connection stays open.
    bool head_only = false;  ///< For HEAD: the header that GET has, and no body.
    bool is_secure = false;  ///< Whether the connection uses TLS.
};

/// Writes an answer: with a length, or part by part if its body is a stream. `body_size` grows by
/// the bytes of the body that were sent.
///
/// Some answers report on a body while it still arrives. Many clients and proxies do not read
/// before they have sent all. Meanwhile such a report waits in memory, which `held` counts.
///
/// Throws `boost::system::system_error` if the client breaks off or is too slow, and whatever the
/// stream throws. The body is incomplete then: the connection must be closed without the mark of
/// the body's end.
boost::asio::awaitable<void> write_response(
    connection& connection,
    response& answer,
    reply_form form,
    const limits& limits,
    memory_budget::share& held,
    std::uint64_t& body_size
);

}  // namespace botapi::http
