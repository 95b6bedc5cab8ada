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

/// Whether there is such a bot makes no difference.
problem limited_to_others()
{
    return {problem_kind::forbidden, "This key is limited to other bots than this one."};
}

class bots_api {
public:
    bots_api(gateway& gateway, const limits& limits) noexcept : gateway_{gateway}, limits_{limits}
    {
    }

    awaitable<response> create(request& asked) const
    {
        if (auto wrong = check_json_exchange(asked, {json_type}))
            co_return refused(asked, *wrong);
        const auto key = read_idempotency_key(asked);
        if (!key)
            co_return refused(asked, bad_idempotency_key(key.error()));
        auto read = co_await read_json(asked, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(asked, *wrong);
        auto made = read_registration(
            std::get<json_body>(read).value,
            *key,
            asked.visible(),
            gateway_.direct().bots,
            std::nullopt
        );
        co_return co_await add(asked, std::move(made));
    }

    awaitable<response> list(request& asked) const
    {
        parameter_reader parameters{asked, {"limit", "cursor"}};
        botcore::bot_query query;
        query.limit = parameters.limit("limit").value_or(botcore::page_size_max);
        if (const auto text = parameters.text("cursor")) {
            query.from = botcore::parse_id_cursor(*text, botcore::scope_of_bots);
            if (!query.from)
                parameters.add_fault("cursor", "is no cursor of this list. Start without one.");
        }
        if (auto wrong = check_get(asked, parameters.fault()))
            co_return refused(asked, *wrong);

        auto ask = [&](services& core) {
            return core.bots.list(query, asked.visible(), asked.until);
        };
        const auto page = co_await gateway_.run(ask);
        if (!page)
            co_return refused(asked, page.error());
        co_return page_answer(asked, *page, botcore::scope_of_bots);
    }

    awaitable<response> get(request& asked) const
    {
        const auto id = botcore::uuid::parse(asked.path_id);
        if (auto wrong = check_get(asked, id ? refuse_parameters(asked) : bad_path_id(asked)))
            co_return refused(asked, *wrong);
        const auto found =
            co_await gateway_.get(botcore::bot_id{*id}, asked.visible(), asked.until);
        if (!found)
            co_return refused(asked, found.error());
        co_return unless_known(asked, bot_answer(200, *found));
    }

    awaitable<response> put(request& asked) const
    {
        const auto id = botcore::uuid::parse(asked.path_id);
        if (auto wrong = id ? check_json_exchange(asked, {json_type}) : bad_path_id(asked))
            co_return refused(asked, *wrong);
        auto read = co_await read_json(asked, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(asked, *wrong);
        const auto& value = std::get<json_body>(read).value;

        if (!must_be_absent(asked))
            co_return co_await change(asked, read_change(value, botcore::bot_id{*id}, true));
        auto made = read_registration(
            value,
            std::nullopt,
            asked.visible(),
            gateway_.direct().bots,
            botcore::bot_id{*id}
        );
        co_return co_await add(asked, std::move(made));
    }

    awaitable<response> patch(request& asked) const
    {
        const auto id = botcore::uuid::parse(asked.path_id);
        if (auto wrong = id ? check_json_exchange(asked, {merge_patch_type, json_type})
                            : bad_path_id(asked))
            co_return refused(asked, *wrong);
        auto read = co_await read_json(asked, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(asked, *wrong);
        const auto& value = std::get<json_body>(read).value;
        co_return co_await change(asked, read_change(value, botcore::bot_id{*id}, false));
    }

    awaitable<response> remove(request& asked) const
    {
        const auto id = botcore::uuid::parse(asked.path_id);
        if (auto wrong = id ? refuse_parameters(asked) : bad_path_id(asked))
            co_return refused(asked, *wrong);
        if (!asked.visible().contains(botcore::bot_id{*id}))
            co_return refused(asked, botcore::absent(botcore::bot_id{*id}));
        const std::array removal{
            botcore::bot_removal{.id = {*id}, .expected = precondition_of(asked)}};
        auto ask = [&](services& core) { return core.bots.remove(removal, asked.until); };
        const auto removed = co_await gateway_.run(ask);
        if (!removed.front())
            co_return refused(asked, changed_since(removed.front().error()));
        co_return response{.status = 204};
    }

private:
    awaitable<response> add(const request& asked, botcore::result<botcore::bot_registration> made)
        const
    {
        if (!made)
            co_return refused(asked, made.error());
        if (!asked.visible().contains(made->id))
            co_return refused(asked, limited_to_others());
        const std::span<const botcore::bot_registration> one{&*made, 1};
        auto ask = [&](services& core) { return core.bots.add(one, asked.until); };
        const auto added = co_await gateway_.run(ask);
        if (!added.front()) {
            auto why = added.front().error();
            if (why.code == errc::already_exists && must_be_absent(asked))
                why.code = errc::precondition_failed;
            co_return refused(asked, why);
        }
        response told = bot_answer(201, added.front()->bot);
        if (added.front()->replayed)
            told.headers.emplace_back("Idempotent-Replayed", "true");
        co_return told;
    }

    awaitable<response> change(const request& asked, botcore::result<botcore::bot_change> made)
        const
    {
        if (!made)
            co_return refused(asked, made.error());
        if (!asked.visible().contains(made->id))
            co_return refused(asked, botcore::absent(made->id));
        made->expected = precondition_of(asked);
        const std::span<const botcore::bot_change> one{&*made, 1};
        auto ask = [&](services& core) { return core.bots.change(one, asked.until); };
        const auto changed = co_await gateway_.run(ask);
        if (!changed.front())
            co_return refused(asked, changed_since(changed.front().error()));
        co_return bot_answer(200, *changed.front());
    }

    /// A store knows of versions, not of entity tags: says what a client has to do.
    static botcore::error changed_since(botcore::error why)
    {
        if (why.code == errc::precondition_failed)
            why.detail = "The bot has another entity tag by now. Get it, and try again with that.";
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
        {"/bots", verb::get, scope::bots_read, [api](request& asked) { return api.list(asked); }},
        {"/bots",
         verb::post,
         scope::bots_write,
         [api](request& asked) { return api.create(asked); }},
        {"/bots/{id}",
         verb::get,
         scope::bots_read,
         [api](request& asked) { return api.get(asked); }},
        {"/bots/{id}",
         verb::put,
         scope::bots_write,
         [api](request& asked) { return api.put(asked); }},
        {"/bots/{id}",
         verb::patch,
         scope::bots_write,
         [api](request& asked) { return api.patch(asked); }},
        {"/bots/{id}",
         verb::delete_,
         scope::bots_write,
         [api](request& asked) { return api.remove(asked); }},
    };
}

}  // namespace botapi::http
