#include "adapters/http/api/tokens_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/object_reader.hpp"

#include <botcore/app/token_service.hpp>

#include <optional>
#include <string>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::scope;

/// A time in whole seconds as RFC 3339 text.
std::string time_text(botcore::instant at)
{
    auto text = botcore::timestamp::from_clock(at).text();
    return text.replace(text.find('.'), std::string::npos, "Z");
}

std::string token_json(const botcore::conversation_token& made, const std::string& text)
{
    return R"({"token":")" + text + R"(","expiresAt":")" + time_text(made.expires) +
           R"(","conversationId":")" + made.seat.conversation.text() + R"(","clientId":")" +
           made.seat.client.text() + "\"}";
}

class tokens_api {
public:
    tokens_api(gateway& gateway, const key_ring& ring, const limits& limits) noexcept
        : gateway_{gateway}, ring_{ring}, limits_{limits}
    {
    }

    awaitable<response> create(request& request) const
    {
        if (auto wrong = check_json_exchange(request, {json_type}))
            co_return refused(request, *wrong);
        auto read = co_await read_json(request, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        const auto made = read_token(request, std::get<json_body>(read).value);
        if (!made)
            co_return refused(request, made.error());
        co_return answer_with(request, *made);
    }

    awaitable<response> refresh(request& request) const
    {
        if (auto wrong = check_get(request, refuse_parameters(request)))
            co_return refused(request, *wrong);
        if (!request.caller || !request.caller->token) {
            co_return refused(
                request,
                {problem_kind::forbidden,
                 "Only the holder of a token can refresh it. With a key, request a new token with "
                 "POST /tokens."}
            );
        }
        co_return answer_with(request, gateway_.direct().tokens.refresh(*request.caller->token));
    }

private:
    [[nodiscard]] botcore::result<botcore::conversation_token> read_token(
        const request& request,
        const boost::json::value& value
    ) const
    {
        object_reader body{value, {"conversationId", "clientId", "expiresIn"}};
        const botcore::token_input input{
            .conversation_id = body.text("conversationId"),
            .client_id = body.text("clientId"),
            .expires_in = body.number("expiresIn")};
        const bool has_key = request.caller && request.caller->key;
        auto made = gateway_.direct().tokens.issue(
            input,
            request.grant(),
            has_key ? std::optional{request.caller->key->id} : std::nullopt
        );
        if (auto fault = body.merge(made ? nullptr : &made.error()))
            return *fault;
        return made;
    }

    [[nodiscard]] response answer_with(request& request, const botcore::conversation_token& made)
        const
    {
        const auto text = ring_.sign(made);
        if (!text) {
            return refused(
                request,
                {problem_kind::unavailable, "No signing key is available yet. Try again."}
            );
        }
        const auto& [conversation, client] = made.seat;
        request.about = "/conversations/" + conversation.text() + " for " + client.text();
        return unkept(json_answer(201, token_json(made, *text)));
    }

    gateway& gateway_;
    const key_ring& ring_;
    const limits& limits_;
};

}  // namespace

std::vector<route> tokens_routes(gateway& gateway, const key_ring& ring, const limits& limits)
{
    const tokens_api api{gateway, ring, limits};
    return {
        {"/tokens",
         verb::post,
         scope::messages_write,
         [api](request& request) { return api.create(request); },
         token_use::refused,
         true},
        {"/tokens/refresh",
         verb::post,
         scope::messages_read,
         [api](request& request) { return api.refresh(request); },
         token_use::accepted,
         true},
    };
}

}  // namespace botapi::http
