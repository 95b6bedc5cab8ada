#include "adapters/http/api/bots_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/bot_codec.hpp"
#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/protocol/entity_tag.hpp"
#include "adapters/http/protocol/idempotency_header.hpp"
#include "adapters/http/protocol/negotiation.hpp"

#include <botcore/domain/absence.hpp>

#include <array>
#include <span>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::errc;
using botcore::scope;

response bot_answer(unsigned status, const botcore::bot& bot)
{
    response made = json_answer(status, to_json(bot));
    made.headers.emplace_back("ETag", tag_of_version(bot.version));
    if (status == 201)
        made.headers.emplace_back("Location", "/bots/" + bot.id.text());
    return made;
}

/// The refusal does not show whether the bot exists.
problem limited_to_others()
{
    return {problem_kind::forbidden, "This key is limited to other bots."};
}

class bots_api {
public:
    bots_api(gateway& gateway, const limits& limits) noexcept : gateway_{gateway}, limits_{limits}
    {
    }

    awaitable<response> create(request& request) const
    {
        if (auto wrong = check_json_exchange(request, {json_type}))
            co_return refused(request, *wrong);
        const auto key = read_idempotency_key(request);
        if (!key)
            co_return refused(request, bad_idempotency_key(key.error()));
        auto read = co_await read_json(request, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        auto made = read_registration(
            std::get<json_body>(read).value,
            *key,
            request.visible(),
            gateway_.direct().bots,
            std::nullopt
        );
        co_return co_await add(request, std::move(made));
    }

    awaitable<response> list(request& request) const
    {
        parameter_reader parameters{request, {"limit", "cursor"}};
        botcore::bot_query query;
        query.limit = parameters.limit("limit").value_or(botcore::page_size_max);
        if (const auto text = parameters.text("cursor")) {
            query.from = botcore::parse_id_cursor(*text, botcore::scope_of_bots);
            if (!query.from)
                parameters.add_fault(
                    "cursor",
                    "is not a cursor of this list. Begin without a cursor."
                );
        }
        if (auto wrong = check_get(request, parameters.fault()))
            co_return refused(request, *wrong);

        auto ask = [&](services& core) {
            return core.bots.list(query, request.visible(), request.until);
        };
        const auto page = co_await gateway_.run(ask, request.until);
        if (!page)
            co_return refused(request, page.error());
        co_return page_answer(request, *page, botcore::scope_of_bots);
    }

    awaitable<response> get(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = check_get(request, id ? refuse_parameters(request) : bad_path_id(request)))
            co_return refused(request, *wrong);
        const auto found =
            co_await gateway_.get(botcore::bot_id{*id}, request.visible(), request.until);
        if (!found)
            co_return refused(request, found.error());
        co_return unless_known(request, bot_answer(200, *found));
    }

    awaitable<response> put(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = id ? check_json_exchange(request, {json_type}) : bad_path_id(request))
            co_return refused(request, *wrong);
        auto read = co_await read_json(request, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        const auto& value = std::get<json_body>(read).value;

        if (!must_be_absent(request))
            co_return co_await change(request, read_change(value, botcore::bot_id{*id}, true));
        auto made = read_registration(
            value,
            std::nullopt,
            request.visible(),
            gateway_.direct().bots,
            botcore::bot_id{*id}
        );
        co_return co_await add(request, std::move(made));
    }

    awaitable<response> patch(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = id ? check_json_exchange(request, {merge_patch_type, json_type})
                            : bad_path_id(request))
            co_return refused(request, *wrong);
        auto read = co_await read_json(request, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        const auto& value = std::get<json_body>(read).value;
        co_return co_await change(request, read_change(value, botcore::bot_id{*id}, false));
    }

    awaitable<response> remove(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = id ? refuse_parameters(request) : bad_path_id(request))
            co_return refused(request, *wrong);
        if (!request.visible().contains(botcore::bot_id{*id}))
            co_return refused(request, botcore::absent(botcore::bot_id{*id}));
        const std::array removal{
            botcore::bot_removal{.id = {*id}, .expected = precondition_of(request)}};
        auto ask = [&](services& core) { return core.bots.remove(removal, request.until); };
        const auto removed = co_await gateway_.run(ask, request.until);
        if (!removed.front())
            co_return refused(request, changed_since(removed.front().error()));
        co_return response{.status = 204};
    }

private:
    awaitable<response> add(const request& request, botcore::result<botcore::bot_registration> made)
        const
    {
        if (!made)
            co_return refused(request, made.error());
        if (!request.visible().contains(made->id))
            co_return refused(request, limited_to_others());
        const std::span<const botcore::bot_registration> one{&*made, 1};
        auto ask = [&](services& core) { return core.bots.add(one, request.until); };
        const auto added = co_await gateway_.run(ask, request.until);
        if (!added.front()) {
            auto why = added.front().error();
            if (why.code == errc::already_exists && must_be_absent(request))
                why.code = errc::precondition_failed;
            co_return refused(request, why);
        }
        response answer = bot_answer(201, added.front()->bot);
        if (added.front()->replayed)
            answer.headers.emplace_back("Idempotent-Replayed", "true");
        co_return answer;
    }

    awaitable<response> change(const request& request, botcore::result<botcore::bot_change> made)
        const
    {
        if (!made)
            co_return refused(request, made.error());
        if (!request.visible().contains(made->id))
            co_return refused(request, botcore::absent(made->id));
        made->expected = precondition_of(request);
        const std::span<const botcore::bot_change> one{&*made, 1};
        auto ask = [&](services& core) { return core.bots.change(one, request.until); };
        const auto changed = co_await gateway_.run(ask, request.until);
        if (!changed.front())
            co_return refused(request, changed_since(changed.front().error()));
        co_return bot_answer(200, *changed.front());
    }

    /// Translates a store's refusal, which is about versions, into terms of entity tags.
    static botcore::error changed_since(botcore::error why)
    {
        if (why.code == errc::precondition_failed)
            why.detail = "The bot has changed. Get it again, and retry with its new entity tag.";
        return why;
    }

    gateway& gateway_;
    const limits& limits_;
};

}  // namespace

std::vector<route> bots_routes(gateway& gateway, const limits& limits)
{
    const bots_api api{gateway, limits};
    return {
        {"/bots",
         verb::get,
         scope::bots_read,
         [api](request& request) { return api.list(request); }},
        {"/bots",
         verb::post,
         scope::bots_write,
         [api](request& request) { return api.create(request); }},
        {"/bots/{id}",
         verb::get,
         scope::bots_read,
         [api](request& request) { return api.get(request); }},
        {"/bots/{id}",
         verb::put,
         scope::bots_write,
         [api](request& request) { return api.put(request); }},
        {"/bots/{id}",
         verb::patch,
         scope::bots_write,
         [api](request& request) { return api.patch(request); }},
        {"/bots/{id}",
         verb::delete_,
         scope::bots_write,
         [api](request& request) { return api.remove(request); }},
    };
}

}  // namespace botapi::http
