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

/// A time of whole seconds, written as such.
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

    awaitable<response> create(request& asked) const
    {
        if (auto wrong = check_json_exchange(asked, {json_type}))
            co_return refused(asked, *wrong);
        auto read = co_await read_json(asked, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(asked, *wrong);
        const auto made = read_token(asked, std::get<json_body>(read).value);
        if (!made)
            co_return refused(asked, made.error());
        co_return give(asked, *made);
    }

    awaitable<response> refresh(request& asked) const
    {
        if (auto wrong = check_get(asked, refuse_parameters(asked)))
            co_return refused(asked, *wrong);
        if (!asked.caller || !asked.caller->token) {
            co_return refused(
                asked,
                {problem_kind::forbidden,
                 "Only who shows a token can have it refreshed. Who has a key asks for a new one "
                 "with POST /tokens."}
            );
        }
        co_return give(asked, gateway_.direct().tokens.refresh(*asked.caller->token));
    }

private:
    [[nodiscard]] botcore::result<botcore::conversation_token> read_token(
        const request& asked,
        const boost::json::value& value
    ) const
    {
        object_reader body{value, {"conversationId", "clientId", "expiresIn"}};
        const botcore::token_input input{
            .conversation_id = body.text("conversationId"),
            .client_id = body.text("clientId"),
            .expires_in = body.number("expiresIn")};
        const bool has_key = asked.caller && asked.caller->key;
        auto made = gateway_.direct().tokens.issue(
            input,
            asked.grant(),
            has_key ? std::optional{asked.caller->key->id} : std::nullopt
        );
        if (auto fault = body.merge(made ? nullptr : &made.error()))
            return *fault;
        return made;
    }

    [[nodiscard]] response give(request& asked, const botcore::conversation_token& made) const
    {
        const auto text = ring_.sign(made);
        if (!text) {
            return refused(
                asked,
                {problem_kind::unavailable, "There is nothing to sign tokens with. Try again."}
            );
        }
        const auto& [conversation, client] = made.seat;
        asked.about = "/conversations/" + conversation.text() + " for " + client.text();
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
         [api](request& asked) { return api.create(asked); },
         token_use::refused,
         true},
        {"/tokens/refresh",
         verb::post,
         scope::messages_read,
         [api](request& asked) { return api.refresh(asked); },
         token_use::accepted,
         true},
    };
}

}  // namespace botapi::http
