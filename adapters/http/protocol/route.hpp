#pragma once

#include "adapters/http/protocol/message.hpp"

#include <botcore/domain/access.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace botapi::http {

/// Answers a request. An exception is logged and answered with 500, except a `body_failure`, which
/// has its own problem, and a `boost::system::system_error`, which ends the connection.
using handler = std::function<boost::asio::awaitable<response>(request&)>;

/// Whether a route accepts the token of one conversation, and how a client may send it. `grant`
/// says what the token allows.
enum class token_use : std::uint8_t {
    refused,
    accepted,
    accepted_in_query,  ///< Also as `access_token`, for browsers, which can't set every header.

    /// Also as `access_token`, and any key or token as a sub-protocol `bearer.…`: the only header
    /// of a WebSocket's handshake that a page in a browser can set.
    accepted_in_handshake,
};

/// A path, a method, and their handler.
struct route {
    std::string_view pattern;  ///< As in `/bots/{id}`: a name matches a whole segment.
    boost::beast::http::verb method;
    std::optional<botcore::scope> needs;  ///< Nothing means that every client may use the route.
    http::handler handler;
    token_use tokens = token_use::refused;
    bool is_audited = false;  ///< Whether to audit it whatever it needs: see `must_be_audited`.
    std::optional<botcore::scope> also_needs{};
    bool is_probe = false;  ///< For load balancers, which know only the server's address.
};

/// Whether each request of a route leaves a line in the audit log.
[[nodiscard]] inline bool must_be_audited(const route& route) noexcept
{
    return route.is_audited || route.needs == botcore::scope::bots_write ||
           route.needs == botcore::scope::admin;
}

}  // namespace botapi::http
