#include "adapters/http/api/webhooks_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/webhook_codec.hpp"

#include <botcore/domain/absence.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::scope;

botcore::error bad_id()
{
    return botcore::refuse(botcore::errc::not_found, "The id in the path is not a UUID.");
}

/// The bot in the path, if the client may see it.
botcore::result<botcore::bot_id> bot_in_path(const request& request)
{
    const auto id = botcore::uuid::parse(request.path_id);
    if (!id)
        return bad_id();
    if (!request.visible().contains(botcore::bot_id{*id}))
        return botcore::absent(botcore::bot_id{*id});
    return botcore::bot_id{*id};
}

/// The problem of a path whose `{id}` is not a UUID; nothing if it is one.
std::optional<problem> check_path(const request& request)
{
    return botcore::uuid::parse(request.path_id) ? std::nullopt
                                                 : std::optional{bad_path_id(request)};
}

/// Translates a store's refusal, which is about versions, into terms of entity tags.
botcore::error changed_since(botcore::error why)
{
    if (why.code == botcore::errc::precondition_failed)
        why.detail = "The webhook has changed. Get it again, and retry with its new entity tag.";
    return why;
}

response webhook_answer(unsigned status, const botcore::webhook& webhook)
{
    response made = json_answer(status, to_json(webhook));
    made.headers.emplace_back("ETag", tag_of_version(webhook.version));
    return made;
}

class webhooks_api {
public:
    webhooks_api(gateway& gateway, const limits& limits) noexcept
        : gateway_{gateway}, limits_{limits}
    {
    }

    awaitable<response> list(request& request) const
    {
        auto wrong = check_path(request);
        if (auto other = check_get(request, wrong ? wrong : refuse_parameters(request)))
            co_return refused(request, *other);
        const auto bot = bot_in_path(request);
        if (!bot)
            co_return refused(request, bot.error());
        auto ask = [&](services& core) { return core.webhooks.list(*bot, request.until); };
        const auto found = co_await gateway_.run(ask, request.until);
        if (!found)
            co_return refused(request, found.error());
        response made = json_answer(200, array_to_json(*found));
        made.headers.emplace_back("ETag", tag_of_content(made.body));
        co_return unless_known(request, std::move(made));
    }

    awaitable<response> get(request& request) const
    {
        auto wrong = check_path(request);
        if (auto other = check_get(request, wrong ? wrong : refuse_parameters(request)))
            co_return refused(request, *other);
        const auto found = co_await find_webhook(gateway_, request);
        if (!found)
            co_return refused(request, found.error());
        co_return unless_known(request, webhook_answer(200, *found));
    }

    awaitable<response> put(request& request) const
    {
        auto wrong = check_path(request);
        if (auto other = wrong ? wrong : check_json_exchange(request, {json_type}))
            co_return refused(request, *other);
        auto read = co_await read_json(request, limits_);
        if (const auto* const bad = std::get_if<problem>(&read))
            co_return refused(request, *bad);
        const auto bot = bot_in_path(request);
        if (!bot)
            co_return refused(request, bot.error());
        auto made = read_webhook(
            std::get<json_body>(read).value,
            *bot,
            request.in_path("name"),
            gateway_.direct().webhooks
        );
        if (!made)
            co_return refused(request, made.error());
        made->must_be_absent = must_be_absent(request);
        made->must_exist = request.header("If-Match").has_value();
        if (!made->must_be_absent)
            made->expected = precondition_of(request);

        auto work = [&](services& core) { return core.webhooks.put(*made, request.until); };
        const auto written = co_await gateway_.run(work, request.until);
        if (!written)
            co_return refused(request, changed_since(written.error()));
        co_return put_answer(*written);
    }

    awaitable<response> remove(request& request) const
    {
        auto wrong = check_path(request);
        if (auto other = wrong ? wrong : refuse_parameters(request))
            co_return refused(request, *other);
        const auto bot = bot_in_path(request);
        if (!bot)
            co_return refused(request, bot.error());
        auto work = [&](services& core) {
            return core.webhooks
                .remove(*bot, request.in_path("name"), precondition_of(request), request.until);
        };
        const auto removed = co_await gateway_.run(work, request.until);
        if (!removed)
            co_return refused(request, changed_since(removed.error()));
        co_return response{.status = 204};
    }

    awaitable<response> test(request& request) const
    {
        auto wrong = check_path(request);
        if (auto other = check_get(request, wrong ? wrong : refuse_parameters(request)))
            co_return refused(request, *other);
        const auto found = co_await find_webhook(gateway_, request);
        if (!found)
            co_return refused(request, found.error());
        const auto tried = co_await try_out(*found);
        if (!tried)
            co_return refused(request, tried.error());
        co_return json_answer(200, to_json(*tried));
    }

private:
    using trial = botcore::result<botcore::webhook_trial>;

    static response put_answer(const botcore::written_webhook& written)
    {
        const auto& webhook = written.webhook;
        response made = webhook_answer(written.is_new ? 201 : 200, webhook);
        if (written.has_new_secrets) {
            made.body = with_secrets(webhook);
            made.headers.emplace_back("Cache-Control", "no-store");
        }
        if (written.is_new)
            made.headers.emplace_back(
                "Location",
                "/bots/" + webhook.bot.text() + "/webhooks/" + webhook.name.text()
            );
        return made;
    }

    /// Sends a sample request. The sender calls back on its own thread; the coroutine resumes on
    /// its own executor.
    awaitable<trial> try_out(const botcore::webhook& tried) const
    {
        auto start = [&](auto then) {
            auto kept = std::make_shared<decltype(then)>(std::move(then));
            auto guard = boost::asio::make_work_guard(*kept);
            auto resume = [kept, guard](trial outcome) {
                boost::asio::post(
                    guard.get_executor(),
                    [kept, outcome = std::move(outcome)]() mutable {
                        std::move (*kept)(std::move(outcome));
                    }
                );
            };
            const auto begun = gateway_.direct().webhooks.try_out(tried, resume);
            if (!begun)
                resume(begun.error());
        };
        co_return co_await boost::asio::async_initiate<
            const boost::asio::use_awaitable_t<>,
            void(trial)>(start, boost::asio::use_awaitable);
    }

    gateway& gateway_;
    const limits& limits_;
};

}  // namespace

gateway::awaitable<botcore::webhook> find_webhook(gateway& gateway, const request& request)
{
    const auto bot = bot_in_path(request);
    if (!bot)
        co_return bot.error();
    auto ask = [&](services& core) {
        return core.webhooks.get(*bot, request.in_path("name"), request.until);
    };
    co_return co_await gateway.run(ask, request.until);
}

std::vector<route> webhooks_routes(gateway& gateway, const limits& limits)
{
    const webhooks_api api{gateway, limits};
    constexpr std::string_view all = "/bots/{id}/webhooks";
    constexpr std::string_view one = "/bots/{id}/webhooks/{name}";
    const auto writes = scope::bots_write;
    // A client that chooses a receiver can read the bot's messages there.
    const auto reads = scope::messages_read;
    return {
        {all, verb::get, scope::bots_read, [api](request& request) { return api.list(request); }},
        {one, verb::get, scope::bots_read, [api](request& request) { return api.get(request); }},
        {.pattern = one,
         .method = verb::put,
         .needs = writes,
         .handler = [api](request& request) { return api.put(request); },
         .also_needs = reads},
        {one, verb::delete_, writes, [api](request& request) { return api.remove(request); }},
        {"/bots/{id}/webhooks/{name}/test",
         verb::post,
         writes,
         [api](request& request) { return api.test(request); }},
    };
}

}  // namespace botapi::http
