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

/// Keeps a session in the worker's list for as long as this exists.
class worker::membership {
public:
    membership(worker& owner, session& member)
        : owner_{owner}, position_{owner.sessions_.insert(owner.sessions_.end(), &member)}
    {
    }
    ~membership()
    {
        if (owner_.next_ == position_)
            ++owner_.next_;
        owner_.sessions_.erase(position_);
        --owner_.load_;
        owner_.context_.metrics.connection_closed();
        if (owner_.context_.is_draining)
            owner_.pause_.cancel();
    }

    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

private:
    worker& owner_;
    std::list<session*>::iterator position_;
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
    session session{std::move(socket), context_};
    const membership member{*this, session};
    co_await session.run();
}

/// Checks the sessions regularly. While the server drains, it ends after the last session.
///
/// Many sessions are checked in parts. They may have begun at the same time, and so expire at the
/// same time. If all were cut off at once, the other sessions would wait meanwhile.
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
        check_some((sessions_.size() + parts - 1) / parts, now);
        if (now >= next_round) {
            context_.look_around(now);
            next_round = now + round;
        }
    }
}

/// Checks the next `count` sessions.
void worker::check_some(std::size_t count, connection::clock::time_point now)
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
