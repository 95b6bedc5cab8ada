#include "adapters/http/connection/session.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/connection/farewell.hpp"
#include "adapters/http/connection/request_body.hpp"
#include "adapters/http/connection/request_head.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/protocol/request_id.hpp"

#include <boost/none.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;
using namespace std::chrono_literals;

namespace {

boost::asio::ip::address address_of(const boost::asio::ip::tcp::socket& socket)
{
    boost::system::error_code gone;
    return socket.remote_endpoint(gone).address();
}

}  // namespace

session::session(boost::asio::ip::tcp::socket socket, const session_context& context)
    : context_{context},
      connection_{std::move(socket), context.tls, context.limits.header_size_max},
      peer_{address_of(connection_.transport().socket())},
      self_{client_at(peer_)},
      is_proxy_{context.proxies.contain(peer_)}
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
            if (!co_await serve()) {
                if (upgraded_)
                    co_await use();
                co_return;
            }
        }
        co_await finish(connection_);
    } catch (const boost::system::system_error&) {
        // The client broke off: nobody is left to be told.
    } catch (const std::exception& failure) {
        context_.log.write(
            botcore::severity::error,
            "a connection failed in the server",
            {{"remote", self_.address}, {"what", failure.what()}}
        );
    }
}

void session::check(connection::clock::time_point now)
{
    connection_.check(now);
    if (upgraded_)
        upgraded_->check(now);
    if (presence_.is_waiting()) {
        presence_.check(now, [this](const request& asked) {
            return context_.routes.still_allows(asked);
        });
    }
    constexpr auto often = 500ms;  // Who gets an answer sooner is not looked after.
    if (current_ == nullptr || now - current_->looked_at < often || connection_.is_waited_for())
        return;
    current_->looked_at = now;
    if (connection_.is_left() && !current_->is_gone.exchange(true))
        context_.metrics.client_left();
}

void session::drain()
{
    presence_.wake();
    if (upgraded_) {
        upgraded_->drain();
        return;
    }
    if (!is_idle_)
        return;
    if (has_served_) {
        connection_.cancel();
    } else
        connection_.expect_within(last_max);
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
    identify(now);

    request_body body{
        connection_,
        parser,
        context_.limits,
        expects_continue(now.asked, now.form.version)};
    now.asked.body = &body;
    now.asked.presence = &presence_;
    presence_.begin(now.asked);
    now.asked.until = {connection::clock::now() + context_.limits.handle_max, &now.is_gone};
    if (wrong) {
        now.made.answer = answer(*wrong, now.asked.path.empty() ? "/" : now.asked.path);
        now.made.answer.close = true;
    } else {
        const currently here{current_, now};
        now.made = co_await context_.routes.answer(now.asked);
    }
    has_served_ = true;
    if (connection_.is_late())
        record(wrong ? limit_kind::header_time : limit_kind::body_time, self_.address, context_);

    const bool is_kept = co_await reply(now, parser);
    upgraded_ = std::move(now.made.answer.upgraded);
    if (upgraded_)
        co_return false;
    // Only now, since the answer may be a stream that reads the body.
    if (is_kept && co_await body.skip_rest())
        co_return true;
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
    if (in_a_row_ >= context_.limits.pipeline_max) {
        now.form.keep_alive = false;
        record(limit_kind::pipeline, self_.address, context_);
    }
    const auto left = made.chunks || made.close ? std::uint64_t{0}
                                                : parser.content_length_remaining().value_or(0);
    if (left > context_.limits.body_size_max)
        now.form.keep_alive = false;

    try {
        co_await write_response(connection_, made, now.form, context_.limits, now.written);
    } catch (...) {
        if (connection_.is_late()) {
            record(limit_kind::write_time, self_.address, context_);
            connection_.abort();
        }
        record(now, context_);
        throw;
    }
    record(now, context_);
    co_return now.form.keep_alive;
}

/// Finds out who asks: the other end, or whom a proxy that is trusted asks for.
void session::identify(exchange& now) const
{
    if (is_proxy_)
        now.behind = client_at(context_.proxies.origin(peer_, now.asked.headers));
    const client_identity& from = is_proxy_ ? now.behind : self_;
    now.asked.remote = from.address;
    now.asked.network = from.network;
}

/// Hands the connection over to what was agreed on in place of HTTP.
awaitable<void> session::use()
{
    if (context_.is_draining)
        upgraded_->drain();
    co_await upgraded_->run(connection_);
    upgraded_.reset();
    co_await linger(connection_);
}

}  // namespace botapi::http
