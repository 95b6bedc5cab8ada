#include "adapters/webhooks/exchange.hpp"

#include "adapters/webhooks/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace botapi::webhooks {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Describes a failure, without details of our own network.
std::string text_of(std::string_view step, const error_code& error)
{
    if (error == beast::error::timeout)
        return "no answer in time";
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
        return "the connection was closed without an answer";
    return std::string{step} + ": " + error.message();
}

http::request<http::string_body> message_for(const exchange_request& request)
{
    http::request<http::string_body> message{http::verb::post, request.to.target(), 11};
    message.set(http::field::host, request.to.authority());
    message.set(http::field::user_agent, "botapi");
    message.set(http::field::accept, "*/*");
    message.set(http::field::connection, "close");
    for (const auto& [name, value] : request.headers)
        message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();
    return message;
}

/// Whether the outcome of the delivery is known. The rest of the answer can't change it.
bool has_outcome(const answer_reader& reader)
{
    return reader.has_head() || (reader.status() && *reader.status() / 100 == 2);
}

template <class Stream>
asio::awaitable<void> read_answer(
    Stream& stream,
    const exchange_request& request,
    steady_clock::time_point until,
    exchange_answer& answer
)
{
    answer_reader reader;
    std::array<char, 4'096> buffer;
    bool is_decided = false;
    while (!reader.is_complete()) {
        if (!is_decided && !request.shows_body && has_outcome(reader)) {
            is_decided = true;
            const auto rest_until = std::min(until, steady_clock::now() + rest_max);
            beast::get_lowest_layer(stream).expires_at(rest_until);
        }
        auto reading = stream.async_read_some(asio::buffer(buffer), as_result);
        const auto [error, size] = co_await std::move(reading);
        reader.add({buffer.data(), size});
        if (error) {
            reader.end();
            answer.failure = text_of("reading", error);
        }
    }
    answer.status = reader.status();
    if (answer.status) {
        answer.failure.clear();
        answer.headers = reader.headers();
        answer.body = reader.body();
    } else if (answer.failure.empty()) {
        answer.failure = "reading: the answer is not HTTP/1.1";
    }
}

/// Sends the request and reads the answer at the same time, because a receiver may answer before it
/// has read the whole request, and then close the connection.
template <class Stream>
asio::awaitable<void> send(
    Stream& stream,
    const exchange_request& request,
    steady_clock::time_point until,
    exchange_answer& answer
)
{
    const auto message = message_for(request);
    std::string failure;
    const auto write = [&]() -> asio::awaitable<void> {
        auto writing = http::async_write(stream, message, as_result);
        const auto [error, size] = co_await std::move(writing);
        if (error && error != asio::error::operation_aborted)
            failure = text_of("sending", error);
    };
    const auto read = [&]() -> asio::awaitable<void> {
        co_await read_answer(stream, request, until, answer);
        beast::get_lowest_layer(stream).cancel();
    };
    using asio::experimental::awaitable_operators::operator&&;
    beast::get_lowest_layer(stream).expires_at(until);
    auto both = write() && read();
    co_await std::move(both);
    if (!answer.status && !failure.empty())
        answer.failure = failure;
}

/// Connects to the first address that answers. False if none does.
asio::awaitable<bool> connect(
    beast::tcp_stream& stream,
    const endpoints& addresses,
    steady_clock::time_point until,
    exchange_answer& answer
)
{
    constexpr std::chrono::seconds each_max{3};  // For each address except the last.
    for (std::size_t index = 0; index < addresses.size(); ++index) {
        const bool is_last = index + 1 == addresses.size();
        stream.expires_at(is_last ? until : std::min(until, steady_clock::now() + each_max));
        auto connecting = stream.async_connect(addresses[index], as_result);
        const auto [error] = co_await std::move(connecting);
        if (!error)
            co_return true;
        answer.failure = text_of("connecting", error);
    }
    co_return false;
}

asio::awaitable<void> send_over_tls(
    beast::tcp_stream& connection,
    const exchange_tools& tools,
    const exchange_request& request,
    steady_clock::time_point until,
    exchange_answer& answer
)
{
    asio::ssl::stream<beast::tcp_stream&> stream{connection, tools.tls};
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification{request.to.host()});
    error_code not_an_address;
    asio::ip::make_address(request.to.host(), not_an_address);
    // The server name indication (RFC 6066 section 3) is a host's name, never an address.
    if (not_an_address) {
        SSL_ctrl(
            stream.native_handle(),
            SSL_CTRL_SET_TLSEXT_HOSTNAME,
            TLSEXT_NAMETYPE_host_name,
            const_cast<char*>(request.to.host().c_str())  // NOLINT: OpenSSL does not write to it.
        );
    }
    auto handshake = stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (const auto [error] = co_await std::move(handshake); error) {
        answer.failure = text_of("TLS", error);
        co_return;
    }
    co_await send(stream, request, until, answer);
}

}  // namespace

asio::awaitable<exchange_answer> exchange(exchange_tools tools, exchange_request request)
{
    exchange_answer answer;
    const auto start = steady_clock::now();
    const auto until = start + tools.timeout;
    auto host = co_await resolve(tools, request, until);
    if (host.addresses.empty()) {
        answer.failure = std::move(host.failure);
    } else {
        beast::tcp_stream stream{co_await asio::this_coro::executor};
        if (co_await connect(stream, host.addresses, until, answer)) {
            answer.failure.clear();
            stream.expires_at(until);
            if (request.to.is_secure()) {
                co_await send_over_tls(stream, tools, request, until, answer);
            } else {
                co_await send(stream, request, until, answer);
            }
        }
    }
    answer.duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
    co_return answer;
}

}  // namespace botapi::webhooks
