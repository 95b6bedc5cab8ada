#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace botapi::http {

/// Work that runs by itself, and whose answer a coroutine awaits later. The work runs to its end
/// even if this object is destroyed before. So it must not refer to the owner of this object.
///
/// Thread safety: none. The work and the waiting coroutine run on the same thread.
template <class T>
class background_task {
public:
    background_task(const boost::asio::any_io_executor& executor, boost::asio::awaitable<T> work)
        : state_{std::make_shared<state>(executor)}
    {
        boost::asio::co_spawn(executor, run(state_, std::move(work)), boost::asio::detached);
    }

    /// Waits for the answer, and returns it once. Rethrows an exception of the work.
    boost::asio::awaitable<T> wait()
    {
        const auto shared = state_;
        while (!shared->answer && !shared->failure) {
            auto waiting = shared->ended.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable
            ));
            co_await std::move(waiting);
        }
        if (shared->failure)
            std::rethrow_exception(shared->failure);
        co_return std::move(*shared->answer);
    }

private:
    struct state {
        explicit state(const boost::asio::any_io_executor& executor)
            : ended{executor, boost::asio::steady_timer::time_point::max()}
        {
        }

        boost::asio::steady_timer ended;  ///< Never expires; cancelled at the work's end.
        std::optional<T> answer{};
        std::exception_ptr failure{};
    };

    static boost::asio::awaitable<void> run(
        std::shared_ptr<state> shared,
        boost::asio::awaitable<T> work
    )
    {
        try {
            shared->answer.emplace(co_await std::move(work));
        } catch (...) {
            shared->failure = std::current_exception();
        }
        shared->ended.cancel();
    }

    std::shared_ptr<state> state_;
};

}  // namespace botapi::http
