#include "adapters/http/api/keys_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/codec/object_reader.hpp"

#include <botcore/app/key_service.hpp>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::scope;

/// A new key with its token, as JSON. No later answer shows the token.
std::string with_token(const botcore::new_key& made)
{
    std::string text = to_json(made.key);
    text.back() = ',';
    return text + R"("token":")" + made.token.text() + "\"}";
}

botcore::result<botcore::new_key> read_key(
    const boost::json::value& value,
    botcore::key_service& keys
)
{
    object_reader body{value, {"name", "scopes", "bots", "expiresAt", "quota"}};
    const botcore::key_input input{
        .name = body.text("name"),
        .scopes = body.texts("scopes"),
        .bots = body.texts("bots"),
        .expires = body.text("expiresAt"),
        .quota = body.number("quota")};
    auto made = keys.prepare(input);
    if (auto fault = body.merge(made ? nullptr : &made.error()))
        return *fault;
    return made;
}

class keys_api {
public:
    keys_api(gateway& gateway, key_ring& ring, const limits& limits) noexcept
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
        const auto made = read_key(std::get<json_body>(read).value, gateway_.direct().keys);
        if (!made)
            co_return refused(request, made.error());

        auto add = [&](services& core) {
            return refreshed(core.keys.add(made->key, request.until), request.until);
        };
        const auto done = co_await gateway_.run(add, request.until);
        if (!done)
            co_return refused(request, done.error());
        response answer = json_answer(201, with_token(*made));
        answer.headers.emplace_back("Location", "/keys/" + made->key.id.text());
        co_return unkept(std::move(answer));
    }

    awaitable<response> list(request& request) const
    {
        if (auto wrong = check_get(request, refuse_parameters(request)))
            co_return refused(request, *wrong);
        auto ask = [&](services& core) { return core.keys.list(request.until); };
        const auto found = co_await gateway_.run(ask, request.until);
        if (!found)
            co_return refused(request, found.error());
        co_return unkept(json_answer(200, array_to_json(*found)));
    }

    awaitable<response> get(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = check_get(request, id ? refuse_parameters(request) : bad_path_id(request)))
            co_return refused(request, *wrong);
        auto ask = [&](services& core) {
            return core.keys.get(botcore::key_id{*id}, request.until);
        };
        const auto found = co_await gateway_.run(ask, request.until);
        if (!found)
            co_return refused(request, found.error());
        co_return unkept(json_answer(200, to_json(*found)));
    }

    awaitable<response> revoke(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = id ? refuse_parameters(request) : bad_path_id(request))
            co_return refused(request, *wrong);
        auto work = [&](services& core) {
            return refreshed(core.keys.revoke(botcore::key_id{*id}, request.until), request.until);
        };
        const auto done = co_await gateway_.run(work, request.until);
        if (!done)
            co_return refused(request, done.error());
        co_return response{.status = 204};
    }

    awaitable<response> revoke_all(request& request) const
    {
        parameter_reader parameters{request, {"issuedBefore"}};
        const auto created = parameters.instant("issuedBefore");
        if (!created && !parameters.text("issuedBefore"))
            parameters.add_fault(
                "issuedBefore",
                "is required: keys created before it are revoked."
            );
        if (auto wrong = parameters.fault())
            co_return refused(request, *wrong);
        auto work = [&](services& core) {
            return refreshed(core.keys.revoke_all(*created, request.until), request.until);
        };
        const auto count = co_await gateway_.run(work, request.until);
        if (!count)
            co_return refused(request, count.error());
        co_return unkept(json_answer(200, R"({"revoked":)" + std::to_string(*count) + '}'));
    }

private:
    /// A change is valid on this server immediately, on other servers after their next refresh.
    template <class Result>
    Result refreshed(Result done, botcore::deadline until) const
    {
        if (done) {
            // After a failure, the next refresh does it.
            static_cast<void>(ring_.refresh(until));
        }
        return done;
    }

    gateway& gateway_;
    key_ring& ring_;
    const limits& limits_;
};

}  // namespace

std::vector<route> keys_routes(gateway& gateway, key_ring& ring, const limits& limits)
{
    const keys_api api{gateway, ring, limits};
    const auto admin = scope::admin;
    return {
        {"/keys", verb::get, admin, [api](request& request) { return api.list(request); }},
        {"/keys", verb::post, admin, [api](request& request) { return api.create(request); }},
        {"/keys",
         verb::delete_,
         admin,
         [api](request& request) { return api.revoke_all(request); }},
        {"/keys/{id}", verb::get, admin, [api](request& request) { return api.get(request); }},
        {"/keys/{id}",
         verb::delete_,
         admin,
         [api](request& request) { return api.revoke(request); }},
    };
}

}  // namespace botapi::http
