#include "adapters/http/connection/listener.hpp"

#include "adapters/http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string_view>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

/// `[::1]:8000` as `::1` and `8000`.
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

tcp::acceptor bind(const std::string& address, boost::asio::io_context& loop)
{
    const auto [host, port] = split(address);
    try {
        tcp::resolver resolver{loop};
        const auto found =
            resolver.resolve(host, port, tcp::resolver::passive | tcp::resolver::numeric_service);
        return tcp::acceptor{loop, found.begin()->endpoint()};
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
    const std::vector<std::unique_ptr<worker>>& workers,
    admission& admission,
    session_context context
)
    : workers_{workers},
      admission_{admission},
      context_{context},
      acceptor_{bind(address, workers.front()->loop())}
{
    boost::asio::co_spawn(workers_.front()->loop(), accept(), boost::asio::detached);
}

std::string listener::address() const
{
    std::ostringstream text;
    text << acceptor_.local_endpoint();
    return text.str();
}

void listener::close()
{
    boost::asio::post(acceptor_.get_executor(), [this] {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
    });
}

awaitable<void> listener::accept()
{
    while (acceptor_.is_open()) {
        worker& least = **std::ranges::min_element(workers_, by_load);
        auto accepting =
            acceptor_.async_accept(least.loop(), boost::asio::as_tuple(boost::asio::use_awaitable));
        auto [why, socket] = co_await std::move(accepting);
        if (context_.is_draining)
            co_return;
        if (why) {
            co_await recover(why);
        } else {
            hand_over(std::move(socket), least);
        }
    }
}

/// Waits for what the system lacks, as a rule file descriptors, without spinning.
awaitable<void> listener::recover(boost::system::error_code why)
{
    if (why == boost::asio::error::connection_aborted)
        co_return;
    if (!std::exchange(is_failing_, true)) {
        const auto what = why.message();
        context_.log
            .write(botcore::severity::warning, "connections can't be accepted", {{"what", what}});
    }
    boost::asio::steady_timer pause{acceptor_.get_executor(), 100ms};
    auto waiting = pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_await std::move(waiting);
}

void listener::hand_over(tcp::socket socket, worker& least)
{
    is_failing_ = false;
    boost::system::error_code gone;
    const auto client = socket.remote_endpoint(gone).address();
    if (gone)
        return;
    if (auto ticket = admission_.admit(client)) {
        is_refusing_ = false;
        least.serve(std::move(socket), *std::move(ticket));
        return;
    }
    context_.metrics.connection_refused();
    if (!std::exchange(is_refusing_, true)) {
        const auto remote = client.to_string();
        context_.log.write(
            botcore::severity::warning,
            "connections are refused: there are as many as may be",
            {{"remote", remote}}
        );
    }
}

}  // namespace botapi::http
