#include "adapters/http/connection/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

constexpr auto as_result = boost::asio::as_tuple(use_awaitable);

/// Skips the empty lines that may precede a request (RFC 9112 section 2.2).
void skip_empty_lines(boost::beast::flat_buffer& buffer)
{
    const auto* const text = static_cast<const char*>(buffer.cdata().data());
    const std::string_view unread{text, buffer.size()};
    buffer.consume(std::min(unread.find_first_not_of("\r\n"), unread.size()));
}

}  // namespace

awaitable<bool> session::shake_hands()
{
    connection_.expect_within(context_.limits.header_max);
    auto shaking = connection_.transport().async_handshake(as_result);
    const auto [why, none] = co_await std::move(shaking);
    connection_.expect_nothing();
    if (!why)
        co_return true;
    const auto reason = connection_.is_late() ? "it took too long" : why.message();
    context_.metrics.handshake_failed();
    context_.log.write(
        botcore::severity::debug,
        "a TLS handshake failed",
        {{"remote", peer_.address}, {"what", reason}}
    );
    co_return false;
}

awaitable<bool> session::wait_for_request()
{
    auto& buffer = connection_.buffer();
    auto& transport = connection_.transport();
    skip_empty_lines(buffer);
    pipelined_ = buffer.size() == 0 ? 0 : pipelined_ + 1;
    while (buffer.size() == 0) {
        const bool is_ending = context_.is_draining;
        if (is_ending && has_served_ && !transport.has_arrived())
            co_return false;
        is_idle_ = true;
        connection_.expect_within(is_ending ? last_max : context_.limits.idle_max);
        // Thousands of connections may wait at once, so a waiting connection has a small buffer.
        if (buffer.capacity() > connection::first_read_size)
            buffer.shrink_to_fit();
        auto reading =
            transport.async_read_some(buffer.prepare(connection::first_read_size), as_result);
        const auto [why, count] = co_await std::move(reading);
        // If a request arrived just before the end of the connection, it is answered.
        if (why == boost::asio::error::operation_aborted && !connection_.is_late() &&
            transport.has_arrived())
            continue;
        if (why)
            co_return note_idle_end();
        is_idle_ = false;
        connection_.expect_nothing();
        buffer.commit(count);
        skip_empty_lines(buffer);
    }
    co_return true;
}

/// Returns false: there will be no request.
bool session::note_idle_end()
{
    is_idle_ = false;
    if (connection_.is_late())
        record(limit_kind::idle_time, peer_.address, context_);
    connection_.expect_nothing();
    return false;
}

}  // namespace botapi::http
