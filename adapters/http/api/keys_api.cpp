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

/// The key with its token, which nobody can read a second time.
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

    awaitable<response> create(request& asked) const
    {
        if (auto wrong = check_json_exchange(asked, {json_type}))
            co_return refused(asked, *wrong);
        auto read = co_await read_json(asked, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(asked, *wrong);
        const auto made = read_key(std::get<json_body>(read).value, gateway_.direct().keys);
        if (!made)
            co_return refused(asked, made.error());

        auto add = [&](services& core) {
            return refreshed(core.keys.add(made->key, asked.until), asked.until);
        };
        const auto done = co_await gateway_.run(add);
        if (!done)
            co_return refused(asked, done.error());
        response told = json_answer(201, with_token(*made));
        told.headers.emplace_back("Location", "/keys/" + made->key.id.text());
        co_return unkept(std::move(told));
    }

    awaitable<response> list(request& asked) const
    {
        if (auto wrong = check_get(asked, refuse_parameters(asked)))
            co_return refused(asked, *wrong);
        auto ask = [&](services& core) { return core.keys.list(asked.until); };
        const auto found = co_await gateway_.run(ask);
        if (!found)
            co_return refused(asked, found.error());
        co_return unkept(json_answer(200, array_to_json(*found)));
    }

    awaitable<response> get(request& asked) const
    {
        const auto id = botcore::uuid::parse(asked.path_id);
        if (auto wrong = check_get(asked, id ? refuse_parameters(asked) : bad_path_id(asked)))
            co_return refused(asked, *wrong);
        auto ask = [&](services& core) { return core.keys.get(botcore::key_id{*id}, asked.until); };
        const auto found = co_await gateway_.run(ask);
        if (!found)
            co_return refused(asked, found.error());
        co_return unkept(json_answer(200, to_json(*found)));
    }

    awaitable<response> revoke(request& asked) const
    {
        const auto id = botcore::uuid::parse(asked.path_id);
        if (auto wrong = id ? refuse_parameters(asked) : bad_path_id(asked))
            co_return refused(asked, *wrong);
        auto work = [&](services& core) {
            return refreshed(core.keys.revoke(botcore::key_id{*id}, asked.until), asked.until);
        };
        const auto done = co_await gateway_.run(work);
        if (!done)
            co_return refused(asked, done.error());
        co_return response{.status = 204};
    }

    awaitable<response> revoke_all(request& asked) const
    {
        parameter_reader parameters{asked, {"issuedBefore"}};
        const auto created = parameters.instant("issuedBefore");
        if (!created && !parameters.text("issuedBefore"))
            parameters.add_fault("issuedBefore", "is required: keys made before it are revoked.");
        if (auto wrong = parameters.fault())
            co_return refused(asked, *wrong);
        auto work = [&](services& core) {
            return refreshed(core.keys.revoke_all(*created, asked.until), asked.until);
        };
        const auto count = co_await gateway_.run(work);
        if (!count)
            co_return refused(asked, count.error());
        co_return unkept(json_answer(200, R"({"revoked":)" + std::to_string(*count) + '}'));
    }

private:
    /// What was done counts here at once; on the other servers when they look next.
    template <class Result>
    Result refreshed(Result done, botcore::deadline until) const
    {
        if (done) {
            // Should it fail: the next look does it.
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
        {"/keys", verb::get, admin, [api](request& asked) { return api.list(asked); }},
        {"/keys", verb::post, admin, [api](request& asked) { return api.create(asked); }},
        {"/keys", verb::delete_, admin, [api](request& asked) { return api.revoke_all(asked); }},
        {"/keys/{id}", verb::get, admin, [api](request& asked) { return api.get(asked); }},
        {"/keys/{id}", verb::delete_, admin, [api](request& asked) { return api.revoke(asked); }},
    };
}

}  // namespace botapi::http
