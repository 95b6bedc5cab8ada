#include "adapters/http/connection/session.hpp"

#include "adapters/http/connection/request_body.hpp"
#include "adapters/http/connection/request_head.hpp"
#include "adapters/http/connection/response_writer.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/protocol/request_id.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/none.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

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

/// Who changes bots or keys, or looks at what administrators see, leaves a line of its own.
bool is_audited(const std::optional<botcore::scope>& needed)
{
    return needed == botcore::scope::bots_write || needed == botcore::scope::admin;
}

}  // namespace

/// One request and its answer.
struct session::exchange {
    connection::clock::time_point started = connection::clock::now();
    request asked{};
    dispatched made{};
    reply_form form{};
    std::uint64_t written = 0;
};

session::session(boost::asio::ip::tcp::socket socket, session_context context)
    : context_{context},
      connection_{std::move(socket), context.limits.header_size_max},
      remote_{name_of(connection_.socket())}
{
}

awaitable<void> session::run()
{
    boost::system::error_code ignored;
    connection_.socket().set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
    try {
        while (co_await wait_for_request()) {
            if (!co_await serve())
                break;
        }
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

void session::drain()
{
    if (is_idle_)
        connection_.cancel();
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
        auto& socket = connection_.socket();
        auto waiting = socket.async_wait(boost::asio::ip::tcp::socket::wait_read, as_result);
        const auto [interrupted] = co_await std::move(waiting);
        is_idle_ = false;
        connection_.expect_nothing();
        if (interrupted)
            co_return false;
        auto reading = socket.async_read_some(buffer.prepare(connection::read_size), as_result);
        const auto [why, count] = co_await std::move(reading);
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

    request_body body{
        connection_,
        parser,
        context_.limits,
        expects_continue(now.asked, now.form.version)};
    now.asked.body = &body;
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
    co_await linger();
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

/// Closes so that the client gets the answer even if it is still sending: a close with bytes unread
/// would make the system throw the answer away (RFC 9112 section 9.6).
awaitable<void> session::linger()
{
    boost::system::error_code ignored;
    connection_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    connection_.expect_within(2s);
    std::array<char, connection::read_size> unread{};
    for (;;) {
        auto reading = connection_.socket().async_read_some(boost::asio::buffer(unread), as_result);
        const auto [why, count] = co_await std::move(reading);
        if (why)
            co_return;
    }
}

void session::record(const exchange& now) const
{
    const auto taken = connection::clock::now() - now.started;
    const auto key = now.asked.key ? now.asked.key->id.text() : std::string{};
    const auto method = beast_http::to_string(now.asked.method);
    context_.metrics.answered(now.made.pattern, now.asked.method, now.made.answer.status, taken);
    std::vector<botcore::log_field> fields{
        {"request_id", now.asked.id},
        {"remote", remote_},
        {"method", std::string_view{method.data(), method.size()}},
        {"route", now.made.pattern},
        {"path", now.asked.path},
        {"status", std::uint64_t{now.made.answer.status}},
        {"bytes", now.written},
        {"key", key},
        {"duration_ms", std::chrono::duration<double, std::milli>{taken}.count()}};
    if (!now.made.answer.cause.empty())
        fields.push_back({"cause", now.made.answer.cause});
    if (is_audited(now.made.needs)) {
        context_.log
            .write(botcore::severity::info, "audit", std::span<const botcore::log_field>{fields});
    }
    const bool has_failed = now.made.answer.status == 500;
    context_.log.write(
        has_failed ? botcore::severity::error : botcore::severity::info,
        "answered",
        std::span<const botcore::log_field>{fields}
    );
}

}  // namespace botapi::http
