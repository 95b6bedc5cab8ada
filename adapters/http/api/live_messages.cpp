#include "adapters/http/api/live_messages.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/message_stream.hpp"
#include "adapters/http/api/stream_request.hpp"
#include "adapters/http/live/event_stream.hpp"
#include "adapters/http/live/follower.hpp"
#include "adapters/http/protocol/target.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Rendered messages of a stream, and the position behind them.
struct stream_piece {
    std::string body;
    botcore::stream_position reached;
};

stream_piece render(const stream_request& parameters, const botcore::stream_part& part)
{
    const bool is_json = parameters.type == json_type;
    bool is_first = true;
    stream_piece made{.body = is_json ? "[" : "", .reached = part.reached};
    append_items(
        made.body,
        part.messages,
        {is_json ? list_format::json : list_format::ndjson, parameters.extras},
        is_first
    );
    made.body += is_json ? "]" : "";
    return made;
}

/// The same from a batch of rendered events.
stream_piece join(const stream_request& parameters, const events& messages)
{
    const bool is_json = parameters.type == json_type;
    const auto end = std::min(messages.batch->count(), messages.first + parameters.limit);
    stream_piece made{.body = is_json ? "[" : "", .reached = messages.batch->position(end - 1)};
    for (auto at = messages.first; at < end; ++at) {
        if (is_json)
            made.body.append(at == messages.first ? "" : ",").append(messages.batch->json(at));
        else
            made.body.append(messages.batch->line(at)).append(1, '\n');
    }
    made.body += is_json ? "]" : "";
    return made;
}

response answer_piece(const request& request, const stream_request& parameters, stream_piece piece)
{
    auto cursor = botcore::to_text(parameters.stream, piece.reached);
    auto next = request.parameters;
    std::ranges::find(next, "after", &parameter::first)->second = cursor;

    auto tag = tag_of_content(cursor + std::string{parameters.type} + piece.body);
    response made{
        .status = 200,
        .headers =
            {{"Content-Type", std::string{parameters.type}},
             {"ETag", std::move(tag)},
             {"Link", '<' + make_target(request.path, next) + ">; rel=\"next\""},
             {std::string{stream_cursor_header}, std::move(cursor)},
             {"Vary", "Accept"}},
        .body = std::move(piece.body)};
    made.is_live = parameters.wait > 0s;
    made.mixes_people = !std::holds_alternative<botcore::conversation_id>(parameters.stream);
    return unless_known(request, std::move(made));
}

/// Waits for a message after `position`, at most as long as the request allows.
awaitable<response> wait_for_news(
    const request& request,
    hub& live,
    const limits& limits,
    const stream_request& parameters,
    botcore::stream_position position
)
{
    const auto until = clock::now() + parameters.wait;
    const auto loop = co_await boost::asio::this_coro::executor;
    auto& client = *request.presence;
    const stream_view view{parameters.stream, request.visible(), parameters.extras};
    follower waiting{live, loop, view, {.after = position}, [&client] { client.wake(); }};
    for (;;) {
        const auto messages = co_await waiting.take(clock::now() + limits.handle_max);
        if (!messages)
            co_return refused(request, messages.error());
        if (!messages->empty())
            co_return answer_piece(request, parameters, join(parameters, *messages));
        if (client.is_over() || clock::now() >= until)
            break;
        co_await client.wait(until);
    }
    const botcore::stream_part nothing{
        .messages = {},
        .reached = waiting.position().value_or(position)};
    co_return answer_piece(request, parameters, render(parameters, nothing));
}

awaitable<response> answer_events(
    const request& request,
    hub& live,
    const limits& limits,
    const stream_request& parameters
)
{
    constexpr std::size_t spread = 2'000;  // Milliseconds.
    response made{
        .status = 200,
        .headers = {
            {"Content-Type", std::string{event_stream_type}},
            // A proxy that compressed events would hold them back.
            {"Cache-Control", "no-store, no-transform"},
            {"X-Accel-Buffering", "no"},  // Otherwise nginx buffers the events.
            {"Vary", "Accept"}}};
    if (request.method == boost::beast::http::verb::head)
        co_return made;

    const auto loop = co_await boost::asio::this_coro::executor;
    const stream_view view{parameters.stream, request.visible(), parameters.extras};
    auto source = std::make_unique<event_stream>(
        live,
        loop,
        request,
        view,
        parameters.start,
        limits.handle_max
    );
    const auto begun = co_await source->begin();
    if (!begun)
        co_return refused(request, begun.error());
    // Jitter, because many clients may have lost their connections at the same moment.
    const auto pause = 1'000 + std::hash<std::string>{}(request.id) % spread;
    made.body = "retry: " + std::to_string(pause) + "\n\n";
    made.chunks = std::move(source);
    made.is_live = true;
    co_return made;
}

}  // namespace

awaitable<response> follow_messages(request& request, hub& live, const limits& limits)
{
    const auto type = negotiate(request, {json_type, ndjson_type, event_stream_type});
    if (!type)
        co_return refused(
            request,
            not_acceptable("application/json, application/x-ndjson or "
                           "text/event-stream")
        );
    const auto parameters = read_stream_request(request, *type);
    if (parameters.fault)
        co_return refused(request, *parameters.fault);
    if (const auto allowed = request.grant().may_follow(parameters.stream); !allowed)
        co_return refused(request, allowed.error());
    if (type == event_stream_type)
        co_return co_await answer_events(request, live, limits, parameters);

    const botcore::stream_query query{
        .stream = parameters.stream,
        .after = parameters.start.after,
        .limit = parameters.limit,
        .visible = request.visible()};
    const auto part = co_await live.core().read(query, request.until);
    if (!part)
        co_return refused(request, part.error());
    const bool is_head = request.method == boost::beast::http::verb::head;
    if (part->messages.empty() && parameters.wait > 0s && !is_head)
        co_return co_await wait_for_news(request, live, limits, parameters, part->reached);
    co_return answer_piece(request, parameters, render(parameters, *part));
}

}  // namespace botapi::http
