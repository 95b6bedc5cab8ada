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

/// Why a request without a body can't be answered.
std::optional<problem> check_plain(const request& request)
{
    const bool is_id = botcore::uuid::parse(request.path_id).has_value();
    return check_get(request, is_id ? refuse_parameters(request) : bad_path_id(request));
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

    awaitable<response> list(request& request) const
    {
        parameter_reader parameters{request, {"status", "limit", "cursor"}};
        botcore::delivery_query query;
        query.state = read_state(parameters);
        query.limit = parameters.limit("limit").value_or(botcore::page_size_max);
        const bool is_id = botcore::uuid::parse(request.path_id).has_value();
        if (auto wrong = check_get(request, is_id ? parameters.fault() : bad_path_id(request)))
            co_return refused(request, *wrong);
        const auto found = co_await find_webhook(gateway_, request);
        if (!found)
            co_return refused(request, found.error());

        query.webhook = found->id;
        if (const auto text = parameters.text("cursor")) {
            query.from = botcore::parse_message_cursor(*text, scope_of(query));
            if (!query.from)
                parameters.add_fault(
                    "cursor",
                    "is not a cursor of this list. Begin without a cursor."
                );
        }
        if (auto wrong = parameters.fault())
            co_return refused(request, *wrong);
        auto ask = [&](services& core) { return core.webhooks.deliveries(query, request.until); };
        const auto page = co_await gateway_.run(ask, request.until);
        if (!page)
            co_return refused(request, page.error());
        co_return page_answer(request, *page, scope_of(query));
    }

    awaitable<response> redeliver(request& request) const
    {
        if (auto wrong = check_plain(request))
            co_return refused(request, *wrong);
        const auto found = co_await find_webhook(gateway_, request);
        if (!found)
            co_return refused(request, found.error());
        auto work = [&](services& core) {
            return core.webhooks.redeliver(*found, request.in_path("delivery"), request.until);
        };
        const auto done = co_await gateway_.run(work, request.until);
        if (!done)
            co_return refused(request, done.error());
        co_return response{.status = 204};
    }

    awaitable<response> redeliver_dead(request& request) const
    {
        if (auto wrong = check_plain(request))
            co_return refused(request, *wrong);
        const auto found = co_await find_webhook(gateway_, request);
        if (!found)
            co_return refused(request, found.error());
        auto work = [&](services& core) {
            return core.webhooks.redeliver_dead(*found, request.until);
        };
        const auto done = co_await gateway_.run(work, request.until);
        if (!done)
            co_return refused(request, done.error());
        co_return json_answer(200, queued_to_json(done->queued, done->is_end));
    }

    awaitable<response> replay(request& request) const
    {
        const bool is_id = botcore::uuid::parse(request.path_id).has_value();
        if (auto wrong = is_id ? check_json_exchange(request, {json_type}) : bad_path_id(request))
            co_return refused(request, *wrong);
        auto read = co_await read_json(request, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        const auto found = co_await find_webhook(gateway_, request);
        if (!found)
            co_return refused(request, found.error());
        const auto after = read_replay(std::get<json_body>(read).value, found->bot);
        if (!after)
            co_return refused(request, after.error());

        auto work = [&](services& core) {
            return core.webhooks.replay(*found, *after, request.until);
        };
        const auto done = co_await gateway_.run(work, request.until);
        if (!done)
            co_return refused(request, done.error());
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
    // Deliveries show messages, and a redelivery sends them to the receiver.
    const auto reads = scope::messages_read;
    return {
        {"/bots/{id}/webhooks/{name}/deliveries",
         verb::get,
         reads,
         [api](request& request) { return api.list(request); }},
        {.pattern = "/bots/{id}/webhooks/{name}/deliveries/redeliver",
         .method = verb::post,
         .needs = writes,
         .handler = [api](request& request) { return api.redeliver_dead(request); },
         .also_needs = reads},
        {.pattern = "/bots/{id}/webhooks/{name}/deliveries/{delivery}/redeliver",
         .method = verb::post,
         .needs = writes,
         .handler = [api](request& request) { return api.redeliver(request); },
         .also_needs = reads},
        {.pattern = "/bots/{id}/webhooks/{name}/replay",
         .method = verb::post,
         .needs = writes,
         .handler = [api](request& request) { return api.replay(request); },
         .also_needs = reads},
    };
}

}  // namespace botapi::http
