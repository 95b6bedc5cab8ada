#include "adapters/http/connection/client_presence.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

void client_presence::begin(const request& request)
{
    request_ = &request;
    permission_due_ = connection::clock::now() + permission_interval;
    is_woken_ = false;
    is_forbidden_ = false;
}

awaitable<void> client_presence::wait(connection::clock::time_point until)
{
    constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

    auto& buffer = connection_.buffer();
    auto& transport = connection_.transport();
    until_ = until;
    connection_.expect_nothing();
    while (!is_woken_ && !is_over()) {
        if (buffer.size() == 0)
            buffer.shrink_to_fit();
        is_waiting_ = true;
        auto waiting = transport.async_wait_readable(as_result);
        auto [why] = co_await std::move(waiting);
        if (!why && buffer.size() >= connection::read_size)
            why = boost::asio::error::no_buffer_space;
        if (!why) {
            auto reading =
                transport.async_read_some(buffer.prepare(connection::read_size), as_result);
            const auto [failed, count] = co_await std::move(reading);
            buffer.commit(count);
            why = failed;
        }
        is_waiting_ = false;
        if (why && why != boost::asio::error::operation_aborted)
            throw boost::system::system_error{why};
    }
    is_woken_ = false;
}

void client_presence::wake()
{
    is_woken_ = true;
    if (is_waiting_)
        connection_.cancel();
}

}  // namespace botapi::http
