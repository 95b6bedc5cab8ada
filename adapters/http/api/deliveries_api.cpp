#include "adapters/http/api/deliveries_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/webhooks_api.hpp"
#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/webhook_codec.hpp"

#include <botcore/domain/stream.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::scope;

/// What keeps a request without a body from being answered.
std::optional<problem> check_plain(const request& asked)
{
    const bool is_id = botcore::uuid::parse(asked.path_id).has_value();
    return check_get(asked, is_id ? refuse_parameters(asked) : bad_path_id(asked));
}

botcore::delivery_state read_state(parameter_reader& parameters)
{
    const auto text = parameters.text("status");
    if (!text)
        return botcore::delivery_state::pending;
    const auto* const known =
        std::ranges::find(botcore::delivery_state_names, *text, [](const auto& one) {
            return one.second;
        });
    if (known != botcore::delivery_state_names.end())
        return known->first;
    parameters.add_fault("status", "must be pending or dead.");
    return botcore::delivery_state::pending;
}

std::string queued_to_json(std::size_t queued, bool is_end)
{
    return R"({"queued":)" + std::to_string(queued) +
           (is_end ? R"(,"complete":true})" : R"(,"complete":false})");
}

class deliveries_api {
public:
    deliveries_api(gateway& gateway, const limits& limits) noexcept
        : gateway_{gateway}, limits_{limits}
    {
    }

    awaitable<response> list(request& asked) const
    {
        parameter_reader parameters{asked, {"status", "limit", "cursor"}};
        botcore::delivery_query query;
        query.state = read_state(parameters);
        query.limit = parameters.limit("limit").value_or(botcore::page_size_max);
        const bool is_id = botcore::uuid::parse(asked.path_id).has_value();
        if (auto wrong = check_get(asked, is_id ? parameters.fault() : bad_path_id(asked)))
            co_return refused(asked, *wrong);
        const auto found = co_await find_webhook(gateway_, asked);
        if (!found)
            co_return refused(asked, found.error());

        query.webhook = found->id;
        if (const auto text = parameters.text("cursor")) {
            query.from = botcore::parse_message_cursor(*text, scope_of(query));
            if (!query.from)
                parameters.add_fault("cursor", "is no cursor of this list. Start without one.");
        }
        if (auto wrong = parameters.fault())
            co_return refused(asked, *wrong);
        auto ask = [&](services& core) { return core.webhooks.deliveries(query, asked.until); };
        const auto page = co_await gateway_.run(ask);
        if (!page)
            co_return refused(asked, page.error());
        co_return page_answer(asked, *page, scope_of(query));
    }

    awaitable<response> redeliver(request& asked) const
    {
        if (auto wrong = check_plain(asked))
            co_return refused(asked, *wrong);
        const auto found = co_await find_webhook(gateway_, asked);
        if (!found)
            co_return refused(asked, found.error());
        auto work = [&](services& core) {
            return core.webhooks.redeliver(*found, asked.in_path("delivery"), asked.until);
        };
        const auto done = co_await gateway_.run(work);
        if (!done)
            co_return refused(asked, done.error());
        co_return response{.status = 204};
    }

    awaitable<response> redeliver_dead(request& asked) const
    {
        if (auto wrong = check_plain(asked))
            co_return refused(asked, *wrong);
        const auto found = co_await find_webhook(gateway_, asked);
        if (!found)
            co_return refused(asked, found.error());
        auto work = [&](services& core) {
            return core.webhooks.redeliver_dead(*found, asked.until);
        };
        const auto done = co_await gateway_.run(work);
        if (!done)
            co_return refused(asked, done.error());
        co_return json_answer(200, queued_to_json(done->queued, done->is_end));
    }

    awaitable<response> replay(request& asked) const
    {
        const bool is_id = botcore::uuid::parse(asked.path_id).has_value();
        if (auto wrong = is_id ? check_json_exchange(asked, {json_type}) : bad_path_id(asked))
            co_return refused(asked, *wrong);
        auto read = co_await read_json(asked, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(asked, *wrong);
        const auto found = co_await find_webhook(gateway_, asked);
        if (!found)
            co_return refused(asked, found.error());
        const auto after = read_replay(std::get<json_body>(read).value, found->bot);
        if (!after)
            co_return refused(asked, after.error());

        auto work = [&](services& core) {
            return core.webhooks.replay(*found, *after, asked.until);
        };
        const auto done = co_await gateway_.run(work);
        if (!done)
            co_return refused(asked, done.error());
        auto body = queued_to_json(done->queued, done->is_end);
        body.back() = ',';
        body.append(R"("cursor":")").append(botcore::to_text(found->bot, done->reached));
        co_return json_answer(200, body + "\"}");
    }

private:
    gateway& gateway_;
    const limits& limits_;
};

}  // namespace

std::vector<route> deliveries_routes(gateway& gateway, const limits& limits)
{
    const deliveries_api api{gateway, limits};
    const auto writes = scope::bots_write;
    // Deliveries tell of messages, and what is sent again can be read.
    const auto reads = scope::messages_read;
    return {
        {"/bots/{id}/webhooks/{name}/deliveries",
         verb::get,
         reads,
         [api](request& asked) { return api.list(asked); }},
        {.pattern = "/bots/{id}/webhooks/{name}/deliveries/redeliver",
         .method = verb::post,
         .needs = writes,
         .handler = [api](request& asked) { return api.redeliver_dead(asked); },
         .also_needs = reads},
        {.pattern = "/bots/{id}/webhooks/{name}/deliveries/{delivery}/redeliver",
         .method = verb::post,
         .needs = writes,
         .handler = [api](request& asked) { return api.redeliver(asked); },
         .also_needs = reads},
        {.pattern = "/bots/{id}/webhooks/{name}/replay",
         .method = verb::post,
         .needs = writes,
         .handler = [api](request& asked) { return api.replay(asked); },
         .also_needs = reads},
    };
}

}  // namespace botapi::http
