#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace botapi::http::testing {

/// Runs a coroutine to its end, on this thread. The loop must outlive the threads that post to it,
/// because the coroutine may end before the last thread has returned from `post`.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> started)
{
    std::optional<T> answer;
    std::exception_ptr failure;
    auto keep = [&]() -> boost::asio::awaitable<void> {
        answer.emplace(co_await std::move(started));
    };
    boost::asio::co_spawn(loop, keep, [&](std::exception_ptr thrown) {
        failure = std::move(thrown);
    });
    loop.restart();
    loop.run();
    if (failure)
        std::rethrow_exception(failure);
    return std::move(*answer);
}

}  // namespace botapi::http::testing
