#include "adapters/http/connection/worker.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using namespace std::chrono_literals;

/// That a session is among the worker's.
class worker::membership {
public:
    membership(worker& home, session& one) : home_{home}, one_{one}
    {
        home_.sessions_.insert(&one_);
    }
    ~membership()
    {
        home_.sessions_.erase(&one_);
        --home_.load_;
        home_.context_.metrics.connection_closed();
        if (home_.context_.is_draining)
            home_.pause_.cancel();
    }

    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

private:
    worker& home_;
    session& one_;
};

worker::worker(session_context context) : context_{context}
{
    boost::asio::co_spawn(loop_, watch(), boost::asio::detached);
}

void worker::serve(boost::asio::ip::tcp::socket socket, admission::ticket ticket)
{
    ++load_;
    context_.metrics.connection_opened();
    boost::asio::co_spawn(loop_, hold(std::move(socket), std::move(ticket)), boost::asio::detached);
}

awaitable<void> worker::hold(boost::asio::ip::tcp::socket socket, admission::ticket /*ticket*/)
{
    session one{std::move(socket), context_};
    const membership member{*this, one};
    co_await one.run();
}

/// Looks after the sessions' times, and ends when the last session has, if we are draining.
awaitable<void> worker::watch()
{
    while (!context_.is_draining || load_ > 0) {
        pause_.expires_after(100ms);
        auto pause = pause_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_await std::move(pause);
        const auto now = connection::clock::now();
        for (session* const one : sessions_)
            one->check(now);
        context_.look_around(now);
    }
}

void worker::drain()
{
    boost::asio::post(loop_, [this] {
        for (session* const one : sessions_)
            one->drain();
        pause_.cancel();
    });
}

}  // namespace botapi::http
