#include "adapters/http/live/event_stream.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <algorithm>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using namespace std::chrono_literals;

namespace {

constexpr auto retry_interval = 1s;  ///< After a read that failed.

body_part frames_of(events messages)
{
    const auto frames = messages.batch->frames(messages.first);
    return {std::move(messages.batch), frames};
}

}  // namespace

event_stream::event_stream(
    hub& hub,
    const boost::asio::any_io_executor& loop,
    const request& request,
    const stream_view& view,
    start_position start,
    std::chrono::nanoseconds patience
)
    : client_{*request.presence},
      prefix_{request.prefix},
      path_{request.path},
      patience_{patience},
      heartbeat_{hub.options().heartbeat},
      heartbeat_due_{clock::now() + heartbeat_},
      follower_{hub, loop, view, start, [this] { client_.wake(); }}
{
}

awaitable<botcore::result<>> event_stream::begin()
{
    first_ = co_await follower_.take(clock::now() + patience_);
    if (!*first_ && first_->error().code != botcore::errc::cursor_lost)
        co_return first_->error();
    co_return botcore::result<>{};
}

awaitable<std::optional<body_part>> event_stream::next()
{
    while (!is_at_end_ && !client_.is_over()) {
        auto messages = co_await take();
        const auto now = clock::now();
        if (messages && !messages->empty()) {
            heartbeat_due_ = now + heartbeat_;
            co_return frames_of(*std::move(messages));
        }
        if (!messages && messages.error().code == botcore::errc::cursor_lost) {
            is_at_end_ = true;
            co_return farewell(messages.error());
        }
        if (now >= heartbeat_due_) {
            heartbeat_due_ = now + heartbeat_;
            co_return std::string{":\n\n"};
        }
        const auto retry_due = messages ? clock::time_point::max() : now + retry_interval;
        co_await client_.wait(std::min(heartbeat_due_, retry_due));
    }
    co_return std::nullopt;
}

awaitable<botcore::result<events>> event_stream::take()
{
    if (first_) {
        auto first = *std::move(first_);
        first_.reset();
        co_return first;
    }
    auto messages = co_await follower_.take(clock::now() + patience_);
    co_return messages;
}

/// The last event. It has no id, because there is no position from which to continue.
std::string event_stream::farewell(const botcore::error& why) const
{
    return "event: lost\ndata: " + to_json(problem_from(why), {prefix_, path_}) + "\n\n";
}

}  // namespace botapi::http
