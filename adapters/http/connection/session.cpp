#include "adapters/http/connection/session.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/connection/farewell.hpp"
#include "adapters/http/connection/guarded_body.hpp"
#include "adapters/http/connection/inflated_body.hpp"
#include "adapters/http/connection/request_head.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "adapters/http/protocol/path_prefix.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/protocol/request_id.hpp"

#include <boost/none.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;
using namespace std::chrono_literals;

namespace {

/// The body without its coding; null if it has none that the server undoes.
std::unique_ptr<inflated_body> inflate_body(const request& request, const session_context& context)
{
    if (context.compression == compression::off)
        return nullptr;
    const auto coding = coding_of_body(request.headers);
    if (!coding || *coding == content_coding::identity)
        return nullptr;
    return std::make_unique<inflated_body>(
        *request.body,
        *coding,
        context.limits.body_size_max,
        context.held,
        request.network
    );
}

boost::asio::ip::address address_of(const boost::asio::ip::tcp::socket& socket)
{
    boost::system::error_code gone;
    return socket.remote_endpoint(gone).address();
}

}  // namespace

session::session(boost::asio::ip::tcp::socket socket, const session_context& context)
    : context_{context},
      connection_{std::move(socket), context.tls, context.limits.header_size_max},
      peer_address_{address_of(connection_.transport().socket())},
      peer_{client_at(peer_address_)},
      is_proxy_{context.proxies.contain(peer_address_)}
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
                    co_await run_upgraded();
                co_return;
            }
        }
        co_await finish(connection_);
    } catch (const boost::system::system_error&) {
        // The client broke off and would read no answer.
    } catch (const std::exception& failure) {
        context_.log.write(
            botcore::severity::error,
            "a connection failed because of the server",
            {{"remote", peer_.address}, {"what", failure.what()}}
        );
    }
}

void session::check(connection::clock::time_point now)
{
    connection_.check(now);
    if (upgraded_)
        upgraded_->check(now);
    if (presence_.is_waiting()) {
        presence_.check(now, [this](const request& request) {
            return context_.routes.still_allows(request);
        });
    }
    constexpr auto interval = 500ms;  // A request that is answered sooner is never checked.
    if (current_ == nullptr || now - current_->last_check < interval || connection_.is_waited_for())
        return;
    current_->last_check = now;
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
    exchange current;
    request_parser parser;
    parser.body_limit(boost::none);
    auto receiving = receive_head(connection_, parser, current.request, context_.limits);
    const auto fault = co_await std::move(receiving);
    current.form.version = std::clamp(parser.get().version(), 10U, 11U);
    current.form.keep_alive = !fault && parser.keep_alive();
    current.request.id = request_id(current.request);
    current.form.head_only = current.request.method == beast_http::verb::head;
    current.form.is_secure = connection_.transport().is_secure();
    identify(current);

    request_body body{
        connection_,
        parser,
        context_.limits,
        expects_continue(current.request, current.form.version)};
    guarded_body guarded{body, current.request, context_.routes};
    current.request.body = &guarded;
    current.request.compression = context_.compression;
    const auto inflated = inflate_body(current.request, context_);
    if (inflated)
        current.request.body = inflated.get();
    current.request.presence = &presence_;
    memory_budget::share held{context_.held, current.request.network};
    current.request.held = &held;
    presence_.begin(current.request);
    current.request.until = {
        connection::clock::now() + context_.limits.handle_max,
        &current.is_gone};
    if (fault) {
        current.result.answer = answer(*fault, current.request);
        current.result.answer.close = true;
    } else {
        const current_exchange in_progress{current_, current};
        current.result = co_await context_.routes.answer(current.request);
    }
    has_served_ = true;
    if (connection_.is_late())
        record(fault ? limit_kind::header_time : limit_kind::body_time, peer_.address, context_);

    const bool is_kept = co_await reply(current, body);
    upgraded_ = std::move(current.result.answer.upgrade);
    if (upgraded_)
        co_return false;
    // The rest is skipped after the answer, because the answer may be a stream that reads the body.
    if (is_kept && co_await skip_rest(body))
        co_return true;
    co_await linger(connection_);
    co_return false;
}

/// Skips the rest of the body, which the answer did not need. Returns whether the next request can
/// be read.
awaitable<bool> session::skip_rest(request_body& body)
{
    try {
        co_return co_await body.skip_rest();
    } catch (const body_failure&) {
        // The client has its answer. The end of the connection tells it about the fault.
        if (connection_.is_late())
            record(limit_kind::body_time, peer_.address, context_);
    }
    co_return false;
}

/// Writes the answer. Returns whether the connection can be kept.
awaitable<bool> session::reply(exchange& current, const request_body& body)
{
    auto& answer = current.result.answer;
    context_.routes.complete(current.request, answer);
    const bool cannot_be_framed = answer.chunks && current.form.version < 11;
    if (answer.close || cannot_be_framed || context_.is_leaving || context_.is_draining)
        current.form.keep_alive = false;
    if (pipelined_ >= context_.limits.pipeline_max) {
        current.form.keep_alive = false;
        record(limit_kind::pipeline, peer_.address, context_);
    }
    // An answer in chunks may still read the body.
    if (!answer.chunks && body.is_too_much())
        current.form.keep_alive = false;

    bool is_body_faulty = false;
    try {
        co_await write_response(
            connection_,
            answer,
            current.form,
            context_.limits,
            *current.request.held,
            current.body_size
        );
    } catch (const body_failure&) {
        // The answer reads a body that failed, so it ends without the mark of its end.
        is_body_faulty = true;
        if (connection_.is_late())
            record(limit_kind::body_time, peer_.address, context_);
    } catch (...) {
        if (connection_.is_late()) {
            record(limit_kind::write_time, peer_.address, context_);
            connection_.abort();
        }
        record(current, context_);
        throw;
    }
    record(current, context_);
    co_return current.form.keep_alive && !is_body_faulty;
}

/// Identifies the client: the peer, or the address that a trusted proxy names.
void session::identify(exchange& current) const
{
    if (is_proxy_)
        current.origin = client_at(context_.proxies.origin(peer_address_, current.request.headers));
    const client_identity& client = is_proxy_ ? current.origin : peer_;
    current.request.remote = client.address;
    current.request.network = client.network;
    take_prefix(current.request, context_.base_path, is_proxy_);
}

/// Hands the connection over to the protocol that replaces HTTP.
awaitable<void> session::run_upgraded()
{
    connection_.limit_unsent(connection::part_size);
    if (context_.is_draining)
        upgraded_->drain();
    co_await upgraded_->run(connection_);
    upgraded_.reset();
    co_await linger(connection_);
}

}  // namespace botapi::http
