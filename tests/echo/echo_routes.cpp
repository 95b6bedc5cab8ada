#include "tests/echo/echo_routes.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/websocket/handshake.hpp"
#include "adapters/http/websocket/socket_upgrade.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace botapi::http::testing {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;

class echo_session final : public socket_session {
public:
    awaitable<void> run(web_socket& over) override
    {
        while (auto message = co_await over.receive())
            co_await over.send(message->kind, std::move(message->content));
    }

    void check(web_socket& /*over*/, std::chrono::steady_clock::time_point /*now*/) override {}
};

response become_socket(const request& request, const limits& limits)
{
    if (auto refused = refuse_socket(request))
        return *std::move(refused);
    const socket_terms terms{.takes_binary = true, .deflate = offered_deflate(request)};
    response made = accept_socket(request, {"echo"}, terms.deflate);
    made.upgrade =
        std::make_unique<socket_upgrade>(limits, terms, std::make_unique<echo_session>());
    return made;
}

/// The request as it was understood: its first line, its fields, and its body without any framing.
awaitable<response> show(request& request, const limits& limits)
{
    const auto method = boost::beast::http::to_string(request.method);
    std::string text{method.data(), method.size()};
    text.append(" ").append(request.target).append("\r\n");
    for (const auto& one : request.headers) {
        const auto name = one.name_string();
        text.append(name.data(), name.size()).append(": ");
        text.append(one.value().data(), one.value().size()).append("\r\n");
    }
    text += "\r\n";
    std::size_t size = 0;
    while (const auto part = co_await request.body->next()) {
        size += part->size();
        if (size > limits.body_size_max) {
            co_return answer({problem_kind::body_too_large, "The body is too large."}, request);
        }
        text += *part;
    }
    co_return response{
        .status = 200,
        .headers = {{"Content-Type", "message/http"}},
        .body = std::move(text)};
}

}  // namespace

std::vector<route> echo_routes(const limits& limits)
{
    const handler echo = [&limits](request& request) -> awaitable<response> {
        if (request.headers.count(boost::beast::http::field::upgrade) != 0)
            co_return become_socket(request, limits);
        co_return co_await show(request, limits);
    };
    std::vector<route> routes;
    for (const std::string_view pattern : {"/", "/{id}"}) {
        for (const auto method : {verb::get, verb::post, verb::put, verb::patch, verb::delete_})
            routes.push_back({pattern, method, {}, echo});
    }
    return routes;
}

}  // namespace botapi::http::testing
