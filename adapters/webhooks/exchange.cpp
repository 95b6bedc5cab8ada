#include "adapters/webhooks/exchange.hpp"

#include "adapters/webhooks/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <string_view>

namespace botapi::webhooks {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// What went wrong, in words that say nothing of our own network.
std::string words_for(std::string_view step, const error_code& failed)
{
    if (failed == beast::error::timeout)
        return "no answer in time";
    if (failed == http::error::end_of_stream || failed == asio::ssl::error::stream_truncated)
        return "the connection was closed without an answer";
    return std::string{step} + ": " + failed.message();
}

http::request<http::string_body> message_for(const exchange_request& asked)
{
    http::request<http::string_body> made{http::verb::post, asked.to.target(), 11};
    made.set(http::field::host, asked.to.authority());
    made.set(http::field::user_agent, "botapi");
    made.set(http::field::accept, "*/*");
    made.set(http::field::connection, "close");
    for (const auto& [name, value] : asked.headers)
        made.set(name, value);
    made.body() = asked.body;
    made.prepare_payload();
    return made;
}

/// Reads the answer's header, and of its body what is kept.
template <class Stream>
asio::awaitable<void> read_answer(Stream& stream, exchange_answer& into)
{
    beast::flat_buffer buffer{exchange_answer::header_size_max + exchange_answer::body_size_max};
    constexpr int interim_max = 4;
    for (int interim = 0; interim <= interim_max; ++interim) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(exchange_answer::header_size_max);
        parser.body_limit(boost::none);
        auto head = http::async_read_header(stream, buffer, parser, as_result);
        if (const auto [failed, size] = co_await std::move(head); failed) {
            into.failure = words_for("reading", failed);
            co_return;
        }
        const auto status = parser.get().result_int();
        if (status < 200)
            continue;
        into.status = status;
        for (const auto& field : parser.get())
            into.headers.emplace_back(field.name_string(), field.value());
        // What becomes of the rest does not matter: the answer is there.
        while (!parser.is_done() && parser.get().body().size() < exchange_answer::body_size_max) {
            auto some = http::async_read_some(stream, buffer, parser, as_result);
            if (const auto [failed, size] = co_await std::move(some); failed)
                break;
        }
        into.body = parser.get().body().substr(0, exchange_answer::body_size_max);
        co_return;
    }
    into.failure = "reading: too many interim answers";
}

template <class Stream>
asio::awaitable<void> converse(Stream& stream, const exchange_request& asked, exchange_answer& into)
{
    const auto message = message_for(asked);
    auto written = http::async_write(stream, message, as_result);
    if (const auto [failed, size] = co_await std::move(written); failed) {
        into.failure = words_for("sending", failed);
        co_return;
    }
    co_await read_answer(stream, into);
}

/// Connects to one of the addresses. False if none answers.
asio::awaitable<bool> connect(
    beast::tcp_stream& stream,
    const endpoints& addresses,
    steady_clock::time_point until,
    exchange_answer& into
)
{
    constexpr std::chrono::seconds each_max{3};  // As long as another one is left to try.
    for (std::size_t at = 0; at < addresses.size(); ++at) {
        const bool is_last = at + 1 == addresses.size();
        stream.expires_at(is_last ? until : std::min(until, steady_clock::now() + each_max));
        auto connected = stream.async_connect(addresses[at], as_result);
        const auto [failed] = co_await std::move(connected);
        if (!failed)
            co_return true;
        into.failure = words_for("connecting", failed);
    }
    co_return false;
}

asio::awaitable<void> converse_securely(
    beast::tcp_stream& connected,
    const exchange_tools& with,
    const exchange_request& asked,
    exchange_answer& into
)
{
    asio::ssl::stream<beast::tcp_stream&> stream{connected, with.tls};
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification{asked.to.host()});
    error_code no_name;
    asio::ip::make_address(asked.to.host(), no_name);
    // The name for which the certificate is wanted (RFC 6066 section 3), never an address.
    if (no_name) {
        SSL_ctrl(
            stream.native_handle(),
            SSL_CTRL_SET_TLSEXT_HOSTNAME,
            TLSEXT_NAMETYPE_host_name,
            const_cast<char*>(asked.to.host().c_str())  // NOLINT: OpenSSL does not write to it.
        );
    }
    auto shaken = stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (const auto [failed] = co_await std::move(shaken); failed) {
        into.failure = words_for("TLS", failed);
        co_return;
    }
    co_await converse(stream, asked, into);
}

}  // namespace

asio::awaitable<exchange_answer> exchange(exchange_tools with, exchange_request asked)
{
    exchange_answer told;
    const auto started = steady_clock::now();
    const auto until = started + with.timeout;
    auto found = co_await resolve(with, asked.to, until);
    if (found.addresses.empty()) {
        told.failure = std::move(found.failure);
    } else {
        beast::tcp_stream stream{co_await asio::this_coro::executor};
        if (co_await connect(stream, found.addresses, until, told)) {
            told.failure.clear();
            stream.expires_at(until);
            if (asked.to.is_secure()) {
                co_await converse_securely(stream, with, asked, told);
            } else {
                co_await converse(stream, asked, told);
            }
        }
    }
    told.taken =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started);
    co_return told;
}

}  // namespace botapi::webhooks
