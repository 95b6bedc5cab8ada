#include "adapters/http/connection/farewell.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using namespace std::chrono_literals;

namespace {

constexpr auto farewell_result = boost::asio::as_tuple(boost::asio::use_awaitable);
constexpr auto goodbye_max = 1s;  ///< For a client to take the last bytes; for a pause in its own.
constexpr auto linger_max = 5s;   ///< In total, for a client that goes on sending.

}  // namespace

awaitable<void> finish(connection& connection)
{
    if (!connection.transport().is_secure())
        co_return;
    connection.expect_within(goodbye_max);
    auto finishing = connection.transport().async_finish(farewell_result);
    co_await std::move(finishing);
}

awaitable<void> linger(connection& connection)
{
    co_await finish(connection);
    auto& socket = connection.transport().socket();
    boost::system::error_code ignored;
    socket.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    std::array<char, connection::read_size> unread{};
    const auto end = connection::clock::now() + linger_max;
    for (auto now = connection::clock::now(); now < end; now = connection::clock::now()) {
        connection.expect_within(std::min<std::chrono::nanoseconds>(goodbye_max, end - now));
        auto reading = socket.async_read_some(boost::asio::buffer(unread), farewell_result);
        const auto [why, count] = co_await std::move(reading);
        if (why)
            co_return;
    }
}

}  // namespace botapi::http
