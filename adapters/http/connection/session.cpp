#include "adapters/http/connection/session.hpp"

#include "adapters/http/connection/farewell.hpp"
#include "adapters/http/connection/request_body.hpp"
#include "adapters/http/connection/request_head.hpp"
#include "adapters/http/connection/session_exchange.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/protocol/request_id.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/none.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using namespace std::chrono_literals;

namespace {

constexpr auto as_result = boost::asio::as_tuple(use_awaitable);

std::string name_of(const boost::asio::ip::tcp::socket& socket)
{
    boost::system::error_code why;
    const auto remote = socket.remote_endpoint(why);
    return why ? std::string{} : remote.address().to_string();
}

/// RFC 9112 section 2.2: empty lines before a request are no part of it.
void skip_empty_lines(boost::beast::flat_buffer& buffer)
{
    const auto* const text = static_cast<const char*>(buffer.cdata().data());
    const std::string_view unread{text, buffer.size()};
    buffer.consume(std::min(unread.find_first_not_of("\r\n"), unread.size()));
}

}  // namespace

session::session(boost::asio::ip::tcp::socket socket, session_context context)
    : context_{context},
      connection_{std::move(socket), context.tls, context.limits.header_size_max},
      remote_{name_of(connection_.transport().socket())}
{
}

awaitable<void> session::run()
{
    boost::system::error_code ignored;
    connection_.transport().socket().set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
    try {
        if (connection_.transport().is_secure() && !co_await shake_hands())
            co_return;
        while (co_await wait_for_request()) {
            if (!co_await serve())
                co_return;
        }
        co_await finish(connection_);
    } catch (const boost::system::system_error&) {
        // The client broke off: nobody is left to be told.
    } catch (const std::exception& failure) {
        context_.log.write(
            botcore::severity::error,
            "a connection failed in the server",
            {{"remote", remote_}, {"what", failure.what()}}
        );
    }
}

void session::check(connection::clock::time_point now)
{
    connection_.check(now);
    if (presence_.is_waiting()) {
        presence_.check(now, [this](const request& asked) {
            return context_.routes.still_allows(asked);
        });
    }
}

void session::drain()
{
    presence_.wake();
    if (is_idle_)
        connection_.cancel();
}

awaitable<bool> session::shake_hands()
{
    connection_.expect_within(context_.limits.header_max);
    auto shaking = connection_.transport().async_handshake(as_result);
    const auto [why, none] = co_await std::move(shaking);
    connection_.expect_nothing();
    if (!why)
        co_return true;
    const auto what = connection_.is_late() ? "it took too long" : why.message();
    context_.metrics.handshake_failed();
    context_.log.write(
        botcore::severity::debug,
        "a TLS handshake failed",
        {{"remote", remote_}, {"what", what}}
    );
    co_return false;
}

awaitable<bool> session::wait_for_request()
{
    auto& buffer = connection_.buffer();
    skip_empty_lines(buffer);
    while (buffer.size() == 0) {
        if (context_.is_draining)
            co_return false;
        is_idle_ = true;
        connection_.expect_within(context_.limits.idle_max);
        // Who waits has no buffer: there are thousands of them.
        buffer.shrink_to_fit();
        auto& transport = connection_.transport();
        auto waiting = transport.async_wait_readable(as_result);
        const auto [interrupted] = co_await std::move(waiting);
        if (interrupted)
            co_return false;
        // The time goes on: what has arrived may be TLS's own, and no request.
        auto reading = transport.async_read_some(buffer.prepare(connection::read_size), as_result);
        const auto [why, count] = co_await std::move(reading);
        is_idle_ = false;
        connection_.expect_nothing();
        if (why)
            co_return false;
        buffer.commit(count);
        skip_empty_lines(buffer);
    }
    co_return true;
}

awaitable<bool> session::serve()
{
    exchange now;
    request_parser parser;
    parser.body_limit(boost::none);
    auto receiving = receive_head(connection_, parser, now.asked, context_.limits);
    const auto wrong = co_await std::move(receiving);
    now.form.version = std::clamp(parser.get().version(), 10U, 11U);
    now.form.keep_alive = !wrong && parser.keep_alive();
    now.asked.id = request_id(now.asked);
    now.form.head_only = now.asked.method == beast_http::verb::head;
    now.form.is_secure = connection_.transport().is_secure();

    request_body body{
        connection_,
        parser,
        context_.limits,
        expects_continue(now.asked, now.form.version)};
    now.asked.body = &body;
    now.asked.presence = &presence_;
    presence_.begin(now.asked);
    now.asked.remote = remote_;
    now.asked.until = connection::clock::now() + context_.limits.handle_max;
    if (wrong) {
        now.made.answer = answer(*wrong, now.asked.path.empty() ? "/" : now.asked.path);
        now.made.answer.close = true;
    } else {
        now.made = co_await context_.routes.answer(now.asked);
    }

    const bool is_kept = co_await reply(now, parser);
    // Only now, since the answer may be a stream that reads the body.
    if (is_kept && co_await body.skip_rest())
        co_return !context_.is_draining;
    co_await linger(connection_);
    co_return false;
}

/// Writes the answer. Returns whether the connection can be kept.
awaitable<bool> session::reply(exchange& now, request_parser& parser)
{
    auto& made = now.made.answer;
    context_.routes.complete(now.asked, made);
    const bool cannot_be_framed = made.chunks && now.form.version < 11;
    if (made.close || cannot_be_framed || context_.is_draining)
        now.form.keep_alive = false;
    const auto left = made.chunks || made.close ? std::uint64_t{0}
                                                : parser.content_length_remaining().value_or(0);
    if (left > context_.limits.body_size_max)
        now.form.keep_alive = false;

    try {
        co_await write_response(connection_, made, now.form, context_.limits, now.written);
    } catch (...) {
        record(now);
        throw;
    }
    record(now);
    co_return now.form.keep_alive;
}

}  // namespace botapi::http
