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

constexpr std::string_view subprotocol = "botapi.v1";

/// Whether a page of ours asks: browsers let every page open a socket to everywhere, and only say
/// whose it is (RFC 6455 section 10.2).
bool is_own_page(const request& asked, std::string_view origin)
{
    const auto authority = origin.find("://");
    const auto host = asked.header("Host");
    if (authority == std::string_view::npos || !host)
        return false;
    const auto own = origin.substr(authority + 3);
    return boost::beast::iequals({own.data(), own.size()}, {host->data(), host->size()});
}

std::optional<response> refuse_page(const request& asked, const cors& origins)
{
    const auto origin = asked.header("Origin");
    if (!origin || is_own_page(asked, *origin) || origins.allows(*origin))
        return std::nullopt;
    return refused(
        asked,
        {problem_kind::forbidden,
         "Pages of this origin may not use the API: the server has to be told of it, by "
         "--cors-origin."}
    );
}

awaitable<response> open_socket(
    const request& asked,
    const stream_context& context,
    const cors& origins
)
{
    if (auto wrong = refuse_parameters(asked))
        co_return refused(asked, *wrong);
    if (auto wrong = refuse_socket(asked))
        co_return *std::move(wrong);
    if (auto wrong = refuse_page(asked, origins))
        co_return *std::move(wrong);
    const socket_terms terms{.deflate = offered_deflate(asked)};
    response made = accept_socket(asked, {subprotocol}, terms.deflate);
    made.upgrade = std::make_unique<socket_upgrade>(
        context.limits,
        terms,
        std::make_unique<subscription_session>(context, asked)
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
         [&context, &origins](request& asked) { return open_socket(asked, context, origins); },
         token_use::accepted_in_query},
    };
}

}  // namespace botapi::http
