#include "adapters/http/api/stream_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/websocket/handshake.hpp"
#include "adapters/http/websocket/socket_upgrade.hpp"

#include <boost/beast/core/string.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;

/// Whether the request comes from a page of the server itself. Browsers let every page open a
/// socket to any server, and only name the page's origin (RFC 6455 section 10.2).
bool is_own_page(const request& request, std::string_view origin)
{
    const auto authority = origin.find("://");
    const auto host = request.header("Host");
    if (authority == std::string_view::npos || !host)
        return false;
    const auto own = origin.substr(authority + 3);
    return boost::beast::iequals({own.data(), own.size()}, {host->data(), host->size()});
}

std::optional<response> refuse_page(const request& request, const cors& origins)
{
    const auto origin = request.header("Origin");
    if (!origin || is_own_page(request, *origin) || origins.allows(*origin))
        return std::nullopt;
    return refused(
        request,
        {problem_kind::forbidden,
         "Pages of this origin may not use the API. The operator can allow it with --cors-origin."}
    );
}

awaitable<response> open_socket(
    const request& request,
    const stream_context& context,
    const cors& origins
)
{
    if (auto wrong = refuse_parameters(request))
        co_return refused(request, *wrong);
    if (auto wrong = refuse_socket(request))
        co_return *std::move(wrong);
    if (auto wrong = refuse_page(request, origins))
        co_return *std::move(wrong);
    const socket_terms terms{.deflate = offered_deflate(request)};
    response made = accept_socket(request, {"botapi.v1", "botapi"}, terms.deflate);
    made.upgrade = std::make_unique<socket_upgrade>(
        context.limits,
        terms,
        std::make_unique<subscription_session>(context, request)
    );
    co_return made;
}

}  // namespace

std::vector<route> stream_routes(const stream_context& context, const cors& origins)
{
    return {
        {"/stream",
         boost::beast::http::verb::get,
         botcore::scope::messages_read,
         [&context, &origins](request& request) { return open_socket(request, context, origins); },
         token_use::accepted_in_handshake},
    };
}

}  // namespace botapi::http
