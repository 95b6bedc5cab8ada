#include "tests/http/kit.hpp"

#include "adapters/http/api/bots_api.hpp"
#include "adapters/http/api/conversations_api.hpp"
#include "adapters/http/api/deliveries_api.hpp"
#include "adapters/http/api/keys_api.hpp"
#include "adapters/http/api/messages_api.hpp"
#include "adapters/http/api/operations_api.hpp"
#include "adapters/http/api/pages_api.hpp"
#include "adapters/http/api/tokens_api.hpp"
#include "adapters/http/api/webhooks_api.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/live/hub.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "adapters/http/protocol/target.hpp"
#include "tests/http/echo_sender.hpp"
#include "tests/http/run.hpp"
#include "tests/http/silent_log.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>
#include <botcore/system/system_secrets.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <stdexcept>

namespace botapi::http::testing {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;

/// A storage in memory that can report that it is not ready.
class breakable_storage final : public botcore::storage {
public:
    botcore::bot_store& bots() noexcept override { return memory_.bots(); }
    botcore::message_store& messages() noexcept override { return memory_.messages(); }
    botcore::conversation_store& conversations() noexcept override
    {
        return memory_.conversations();
    }
    botcore::key_store& keys() noexcept override { return memory_.keys(); }
    botcore::stream_store& streams() noexcept override { return memory_.streams(); }
    botcore::webhook_store& webhooks() noexcept override { return memory_.webhooks(); }
    botcore::consistency& consistency() noexcept override { return memory_.consistency(); }
    botcore::result<> ready(botcore::deadline /*until*/) override
    {
        return broken ? botcore::result<>{*broken} : botcore::result<>{};
    }
    std::optional<botcore::outage> last_outage() override { return std::nullopt; }

    std::optional<botcore::error> broken{};

private:
    botcore::memory::memory_storage memory_;
};

awaitable<reply> read_whole(const route& route, request& request)
{
    response made = co_await route.handler(request);
    reply read{made.status, std::move(made.headers), std::string{made.content()}};
    while (made.chunks) {
        const auto part = co_await made.chunks->next();
        if (!part)
            break;
        read.body += part->bytes();
    }
    co_return read;
}

}  // namespace

awaitable<std::optional<std::string>> given_body::next()
{
    if (given_ == parts_.size())
        co_return std::nullopt;
    co_return parts_[given_++];
}

awaitable<void> given_presence::wait(std::chrono::steady_clock::time_point /*until*/)
{
    is_over_ = !waiting;
    if (is_over_)
        co_return;
    std::exchange(waiting, nullptr)();
    boost::asio::steady_timer never{
        co_await boost::asio::this_coro::executor,
        std::chrono::minutes{1}};
    timer_ = &never;
    auto woken = never.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (!is_woken_)
        co_await std::move(woken);
    timer_ = nullptr;
}

void given_presence::wake()
{
    is_woken_ = true;
    if (timer_ != nullptr)
        timer_->cancel();
}

request make_request(std::string target, const header_list& headers)
{
    request made;
    made.method = verb::get;
    made.target = std::move(target);
    for (const auto& [name, value] : headers)
        made.headers.insert({name.data(), name.size()}, {value.data(), value.size()});
    made.until = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    if (read_target(made))
        throw std::invalid_argument{made.target};
    return made;
}

std::string reply::header(std::string_view name) const
{
    std::string found;
    for (const auto& [each, value] : headers) {
        if (boost::beast::iequals({each.data(), each.size()}, {name.data(), name.size()})) {
            if (!found.empty())
                throw std::logic_error{each + " stands twice"};
            found = value;
        }
    }
    return found;
}

boost::json::value reply::json() const
{
    return boost::json::parse(body);
}

struct api::state {
    explicit state(http::limits limits)
        : options{.listen = {}, .readiness_age_max = {}, .limits = limits}
    {
        const auto add = [this](std::vector<route> more) {
            std::ranges::move(more, std::back_inserter(routes));
        };
        add(bots_routes(core, options.limits));
        add(messages_routes(core, pages, live, options.limits));
        add(conversations_routes(core));
        add(keys_routes(core, ring, options.limits));
        add(tokens_routes(core, ring, options.limits));
        add(webhooks_routes(core, options.limits));
        add(deliveries_routes(core, options.limits));
        add(operations_routes(core, counts, is_leaving));
        add(pages_routes());
    }

    ~state() { core.join(); }

    state(const state&) = delete;
    state& operator=(const state&) = delete;

    server_options options;
    std::vector<route> routes;
    boost::asio::io_context loop;
    breakable_storage storage;
    botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{storage.bots(), ids};
    botcore::message_service messages{storage.messages(), clock, ids};
    botcore::conversation_service conversations{storage.conversations()};
    botcore::system::system_secrets secrets;
    botcore::key_service keys{storage.keys(), clock, ids, secrets};
    botcore::stream_service streams{storage.streams()};
    botcore::token_service tokens{clock};
    echo_sender sender;
    botcore::webhook_service webhooks{storage.webhooks(), sender, clock, ids, secrets, {}};
    key_ring ring{storage.keys(), clock};
    std::atomic<bool> is_leaving{false};
    metrics counts{std::make_shared<prometheus::Registry>()};
    gateway core{
        {bots, messages, conversations, keys, streams, tokens, webhooks, storage},
        options,
        counts,
        &ring};
    silent_log log;
    hub live{core, options.live, counts.hub_observer(), log};
    page_cache pages{options.page_cache_size, counts.page_cache_observer()};
};

api::api(http::limits limits) : state_{std::make_unique<state>(limits)} {}

api::~api() = default;

reply api::ask(verb method, const std::string& target, const request_content& content)
{
    given_body body{{content.body}};
    if (content.body.empty())
        body = given_body{{}};
    request request = make_request(target, content.headers);
    request.method = method;
    request.body = &body;
    given_presence client;
    client.waiting = content.waiting;
    request.presence = &client;

    const router routes{state_->routes};
    match met = routes.find(request.path, method);
    if (met.route == nullptr)
        throw std::invalid_argument{"no route: " + target};
    request.path_parts = std::move(met.parts);
    request.path_id = request.in_path("id");
    return run(state_->loop, read_whole(*met.route, request));
}

reply api::get(const std::string& target, const header_list& headers)
{
    return ask(verb::get, target, {.headers = headers});
}

reply api::post(const std::string& target, const std::string& body, header_list headers)
{
    return ask(verb::post, target, {.headers = std::move(headers), .body = body});
}

void api::say(std::string_view conversation, std::string_view client, std::string_view text)
{
    post("/bots", std::string{R"({"name":"Aureo","id":")"} + bot + "\"}");
    std::string message = R"({"conversationId":")";
    message.append(conversation).append(R"(","from":")").append(bot);
    message.append(R"(","to":")").append(client).append(R"(","text":")").append(text).append("\"}");
    if (const auto stored = post("/messages", message); stored.status != 201)
        throw std::runtime_error{stored.body};
}

void api::slip_in(std::string_view conversation, std::string_view client, std::string_view text)
{
    const botcore::message_input input{
        .conversation_id = conversation,
        .from = bot,
        .to = client,
        .text = text};
    std::vector<botcore::draft> drafts{*state_->messages.parse(input)};
    const std::vector one{*state_->messages.prepare(std::move(drafts))};
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    if (!state_->messages.append(one, until).front())
        throw std::runtime_error{"not stored"};
}

void api::break_storage(std::optional<botcore::error> why)
{
    state_->storage.broken = std::move(why);
}

}  // namespace botapi::http::testing
