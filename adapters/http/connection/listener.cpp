#include "adapters/http/connection/listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <sstream>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

/// Splits `[::1]:8000` into `::1` and `8000`.
std::pair<std::string, std::string> split(const std::string& address)
{
    const auto colon = address.rfind(':');
    if (colon == std::string::npos)
        throw listen_error{"Can't listen on " + address + ": it is not of the form host:port."};
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    return {std::move(host), address.substr(colon + 1)};
}

/// Opens a socket, sets its options, binds it and begins to listen.
tcp::acceptor listen(boost::asio::io_context& loop, const tcp::endpoint& endpoint, bool is_shared)
{
    using reuse_port = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    tcp::acceptor acceptor{loop};
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address{true});
    if (is_shared)
        acceptor.set_option(reuse_port{true});
    acceptor.bind(endpoint);
    acceptor.listen();
    acceptor.non_blocking(true);
    return acceptor;
}

tcp::acceptor bind(const std::string& address, boost::asio::io_context& loop, bool is_shared)
{
    const auto [host, port] = split(address);
    try {
        tcp::resolver resolver{loop};
        const auto endpoints =
            resolver.resolve(host, port, tcp::resolver::passive | tcp::resolver::numeric_service);
        return listen(loop, endpoints.begin()->endpoint(), is_shared);
    } catch (const boost::system::system_error& failure) {
        throw listen_error{"Can't listen on " + address + ": " + failure.code().message() + '.'};
    }
}

bool by_load(const std::unique_ptr<worker>& left, const std::unique_ptr<worker>& right)
{
    return left->load() < right->load();
}

}  // namespace

listener::listener(
    const std::string& address,
    bool is_shared,
    const std::vector<std::unique_ptr<worker>>& workers,
    admission& admission,
    session_context context
)
    : workers_{workers},
      admission_{admission},
      context_{context},
      acceptor_{bind(address, workers.front()->loop(), is_shared)}
{
    boost::asio::co_spawn(workers_.front()->loop(), accept(), boost::asio::detached);
}

std::string listener::address() const
{
    std::ostringstream text;
    text << acceptor_.local_endpoint();
    return text.str();
}

std::future<void> listener::close()
{
    auto closing = [this]() -> awaitable<void> {
        // Closing the acceptor would reset the connections that wait in its queue.
        accept_some(std::numeric_limits<std::size_t>::max());
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        // Runs what was posted before this: the new sessions begin.
        co_await boost::asio::post(boost::asio::use_awaitable);
    };
    return boost::asio::co_spawn(
        acceptor_.get_executor(),
        std::move(closing),
        boost::asio::use_future
    );
}

/// Accepts up to `max` connections that wait in the system's queue. Returns the error that ended
/// it, if one did.
boost::system::error_code listener::accept_some(std::size_t max)
{
    boost::system::error_code why;
    for (std::size_t count = 0; count < max && !why; ++count) {
        worker& receiver = **std::ranges::min_element(workers_, by_load);
        tcp::socket socket{receiver.loop()};
        acceptor_.accept(socket, why);
        if (!why) {
            hand_over(std::move(socket), receiver);
        } else if (why == boost::asio::error::connection_aborted)
            why.clear();
    }
    return why;
}

awaitable<void> listener::accept()
{
    // If each turn of the worker's loop accepted only one connection, many new connections would
    // wait for seconds.
    constexpr std::size_t turn = 64;
    while (acceptor_.is_open()) {
        auto waiting = acceptor_.async_wait(
            tcp::acceptor::wait_read,
            boost::asio::as_tuple(boost::asio::use_awaitable)
        );
        co_await std::move(waiting);
        const auto why = accept_some(turn);
        if (why && why != boost::asio::error::would_block && acceptor_.is_open())
            co_await recover(why);
    }
}

/// Waits a moment before the next attempt, because the system has run out of something, usually of
/// file descriptors.
awaitable<void> listener::recover(boost::system::error_code why)
{
    if (!std::exchange(is_failing_, true)) {
        const auto what = why.message();
        context_.log
            .write(botcore::severity::warning, "connections can't be accepted", {{"what", what}});
    }
    boost::asio::steady_timer pause{acceptor_.get_executor(), 100ms};
    auto waiting = pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_await std::move(waiting);
}

void listener::hand_over(tcp::socket socket, worker& receiver)
{
    is_failing_ = false;
    boost::system::error_code gone;
    const auto client = socket.remote_endpoint(gone).address();
    if (gone)
        return;
    if (auto ticket = admission_.admit(client, context_.proxies.contain(client))) {
        is_refusing_ = false;
        receiver.serve(std::move(socket), *std::move(ticket));
        return;
    }
    context_.metrics.connection_refused();
    context_.metrics.limit_reached(
        admission_.is_full() ? limit_kind::connections : limit_kind::client_connections
    );
    if (!std::exchange(is_refusing_, true)) {
        const auto remote = client.to_string();
        context_.log
            .write(botcore::severity::warning, "connection limit reached", {{"remote", remote}});
    }
}

}  // namespace botapi::http
