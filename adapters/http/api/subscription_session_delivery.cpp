#include "adapters/http/api/server_frame.hpp"
#include "adapters/http/api/subscription_session.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

/// Sends the messages of the subscriptions, one subscription after another, until the socket ends.
awaitable<void> subscription_session::deliver(web_socket& over)
{
    while (over.is_open()) {
        if (ready_.empty()) {
            co_await over.wait();
            continue;
        }
        auto next = std::move(ready_.front());
        ready_.pop_front();
        next->is_queued = false;
        auto delivering = deliver(over, std::move(next));
        co_await std::move(delivering);
    }
}

/// Sends a batch of one subscription.
awaitable<void> subscription_session::deliver(web_socket& over, shared_subscription one)
{
    const auto messages = co_await one->source->take(until());
    if (one->is_over || !over.is_open() || !may_go_on(over))
        co_return;
    if (!messages) {
        co_await fail(over, one, messages.error());
        co_return;
    }
    if (!std::exchange(one->is_confirmed, true))
        co_await confirm(over, *one);
    if (messages->empty())
        co_return;  // The follower queues the subscription when messages arrive.

    const auto begin = message_begin(one->id);
    const auto& batch = *messages->batch;
    for (auto at = messages->first; at < batch.count() && !one->is_over; ++at) {
        const auto middle = message_middle(batch.seq(at));
        const std::array<std::string_view, 5> parts{
            begin,
            batch.cursor(at),
            middle,
            batch.json(at),
            message_end};
        if (!may_go_on(over) || !co_await over.send(opcode::text, parts))
            co_return;
        ++delivered_;
        context_.observer.delivered();
    }
    queue(one);
}

/// Confirms the subscription with the cursor at which it begins.
awaitable<void> subscription_session::confirm(web_socket& over, const stream_subscription& one)
{
    const auto begin = one.source->begin().value_or(botcore::stream_start);
    auto text = subscribed_frame(one.id, to_text(one.source->stream(), begin));
    co_await over.send(opcode::text, std::move(text));
}

awaitable<void> subscription_session::fail(
    web_socket& over,
    const shared_subscription& one,
    const botcore::error& why
)
{
    const bool is_lost = why.code == botcore::errc::cursor_lost;
    if (why.code == botcore::errc::internal) {
        const std::string_view what = why.detail;
        context_.log.write(
            botcore::severity::error,
            "a stream can't be read",
            {{"request_id", request_.id}, {"cause", what}}
        );
    }
    if (one->is_confirmed && !is_lost) {
        failed_.push_back(one);
        co_return;
    }
    end(one);
    const auto fault = to_json(problem_from(why), {request_.prefix, stream_path});
    auto text = one->is_confirmed ? lost_frame(one->id, fault) : error_frame(one->id, fault);
    co_await over.send(opcode::text, std::move(text));
}

void subscription_session::queue(const shared_subscription& one)
{
    if (!one->is_over && !std::exchange(one->is_queued, true))
        ready_.push_back(one);
}

void subscription_session::end(const shared_subscription& one)
{
    one->is_over = true;
    subscriptions_.erase(one->id);
    std::erase(ready_, one);
    std::erase(failed_, one);
    context_.observer.subscriptions_changed(-1);
}

}  // namespace botapi::http
