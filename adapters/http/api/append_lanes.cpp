#include "adapters/http/api/append_lanes.hpp"

#include "adapters/http/bridge/background_task.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using namespace std::chrono_literals;

namespace {

using appended_list = append_lane_answers::value_type;

/// Stores submissions. Waits while the queue is full, because an import can't leave the retry to
/// its client.
awaitable<appended_list> append(
    gateway& gateway,
    std::vector<botcore::submission> submissions,
    std::size_t lane,
    std::size_t sender,
    std::shared_ptr<const caller> caller,
    std::chrono::nanoseconds patience
)
{
    if (submissions.empty())
        co_return appended_list{};
    for (;;) {
        wait_limit until{std::chrono::steady_clock::now() + patience};
        until.guard(caller.get());
        auto answers = co_await gateway.append_lines(submissions, lane, sender, until);
        if (answers)
            co_return *std::move(answers);
        if (answers.error().code != botcore::errc::overloaded)
            co_return appended_list(submissions.size(), answers.error());
        const auto here = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer pause{here, 20ms};
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

}  // namespace

awaitable<append_lane_answers> append_all(
    gateway& gateway,
    append_lanes lanes,
    std::size_t sender,
    std::shared_ptr<const caller> caller,
    std::chrono::nanoseconds patience
)
{
    const auto here = co_await boost::asio::this_coro::executor;
    background_task<appended_list> other{
        here,
        append(gateway, std::move(lanes[1]), 1, sender, caller, patience)};
    append_lane_answers answers;
    answers[0] = co_await append(gateway, std::move(lanes[0]), 0, sender, caller, patience);
    answers[1] = co_await other.wait();
    co_return answers;
}

}  // namespace botapi::http
