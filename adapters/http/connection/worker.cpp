#include "adapters/http/connection/worker.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using namespace std::chrono_literals;

/// That a session is among the worker's.
class worker::membership {
public:
    membership(worker& home, session& one)
        : home_{home}, place_{home.sessions_.insert(home.sessions_.end(), &one)}
    {
    }
    ~membership()
    {
        if (home_.next_ == place_)
            ++home_.next_;
        home_.sessions_.erase(place_);
        --home_.load_;
        home_.context_.metrics.connection_closed();
        if (home_.context_.is_draining)
            home_.pause_.cancel();
    }

    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

private:
    worker& home_;
    std::list<session*>::iterator place_;
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
///
/// A crowd is looked after in parts, so that those who are cut off because they came together are
/// not cut off together, with all others waiting for it.
awaitable<void> worker::watch()
{
    constexpr auto round = 100ms;
    constexpr std::size_t part_size = 64;
    constexpr std::size_t parts_max = 10;
    auto next_round = connection::clock::now();
    while (!context_.is_draining || load_ > 0) {
        const auto parts = std::clamp<std::size_t>(sessions_.size() / part_size, 1, parts_max);
        pause_.expires_after(round / parts);
        auto pause = pause_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_await std::move(pause);
        const auto now = connection::clock::now();
        look_at((sessions_.size() + parts - 1) / parts, now);
        if (now >= next_round) {
            context_.look_around(now);
            next_round = now + round;
        }
    }
}

/// Looks after so many sessions, in turn.
void worker::look_at(std::size_t count, connection::clock::time_point now)
{
    for (; count > 0; --count) {
        if (next_ == sessions_.end())
            next_ = sessions_.begin();
        (*next_++)->check(now);
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
