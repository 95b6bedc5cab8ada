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

/// Work that goes on by itself, and whose answer is waited for later. It may be forgotten before:
/// then it goes on to its end, so it must not refer to whoever started it.
///
/// Thread safety: none. The work and the one who waits run on the same thread.
template <class T>
class started {
public:
    started(const boost::asio::any_io_executor& executor, boost::asio::awaitable<T> work)
        : state_{std::make_shared<state>(executor)}
    {
        boost::asio::co_spawn(executor, run(state_, std::move(work)), boost::asio::detached);
    }

    /// The answer, once. An exception thrown by the work continues here.
    boost::asio::awaitable<T> wait()
    {
        const auto kept = state_;
        while (!kept->answer && !kept->failure) {
            auto waiting = kept->ended.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)
            );
            co_await std::move(waiting);
        }
        if (kept->failure)
            std::rethrow_exception(kept->failure);
        co_return std::move(*kept->answer);
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
        std::shared_ptr<state> here,
        boost::asio::awaitable<T> work
    )
    {
        try {
            here->answer.emplace(co_await std::move(work));
        } catch (...) {
            here->failure = std::current_exception();
        }
        here->ended.cancel();
    }

    std::shared_ptr<state> state_;
};

}  // namespace botapi::http
