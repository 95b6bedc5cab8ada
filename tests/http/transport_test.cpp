#include "adapters/http/connection/transport.hpp"

#include "adapters/http/connection/transport_end.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <utility>

using namespace botapi::http;

namespace {

namespace ssl = boost::asio::ssl;
namespace websocket = boost::beast::websocket;

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

/// A certificate that is made for this run, in a folder that ends with it.
class certificate {
public:
    certificate()
    {
        std::filesystem::create_directories(folder_);
        const auto command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
            "-subj /CN=test -keyout " +
            files().key + " -out " + files().certificate + " 2>/dev/null";
        REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c): no stranger's words.
    }
    ~certificate() { std::filesystem::remove_all(folder_); }
    certificate(const certificate&) = delete;
    certificate& operator=(const certificate&) = delete;

    [[nodiscard]] tls_files files() const
    {
        return {(folder_ / "certificate.pem").string(), (folder_ / "key.pem").string()};
    }

private:
    std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                    ("botapi-transport-" + std::to_string(::getpid()));
};

/// The two ends of a connection.
struct connected {
    connected()
    {
        tcp::acceptor acceptor{loop, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
        client.connect(acceptor.local_endpoint());
        server = acceptor.accept();
    }

    boost::asio::io_context loop;
    tcp::socket client{loop};
    tcp::socket server{loop};
};

/// Says back what it hears, and whether the other side said goodbye at the end.
awaitable<bool> echo(transport& below)
{
    if (below.is_secure())
        co_await below.async_handshake(use_awaitable);
    websocket::stream<transport&> talk{below};
    co_await talk.async_accept(use_awaitable);
    boost::beast::flat_buffer heard;
    co_await talk.async_read(heard, use_awaitable);
    co_await talk.async_write(heard.data(), use_awaitable);
    const auto [why, none] = co_await talk.async_read(heard, boost::asio::as_tuple(use_awaitable));
    co_return why == websocket::error::closed;
}

/// What comes back when `text` is said.
template <class Talk>
awaitable<std::string> say(Talk& talk, std::string text)
{
    co_await talk.async_handshake("localhost", "/", use_awaitable);
    co_await talk.async_write(boost::asio::buffer(text), use_awaitable);
    boost::beast::flat_buffer heard;
    co_await talk.async_read(heard, use_awaitable);
    co_await talk.async_close(websocket::close_code::normal, use_awaitable);
    co_return boost::beast::buffers_to_string(heard.data());
}

/// More than the system's buffers and a TLS record take at once.
std::string long_text()
{
    std::string text;
    for (std::size_t at = 0; at < 3'000'000; ++at)
        text += static_cast<char>('a' + at % 23);
    return text;
}

}  // namespace

TEST_CASE("transport: a WebSocket of Beast stands on TCP", "[http]")
{
    connected ends;
    transport below{std::move(ends.server), nullptr};
    websocket::stream<tcp::socket> talk{std::move(ends.client)};

    auto closed = boost::asio::co_spawn(ends.loop, echo(below), boost::asio::use_future);
    auto heard = boost::asio::co_spawn(ends.loop, say(talk, long_text()), boost::asio::use_future);
    ends.loop.run();

    CHECK(heard.get() == long_text());
    CHECK(closed.get());
}

TEST_CASE("transport: a WebSocket of Beast stands on TLS", "[http]")
{
    const certificate made;
    const tls_context context{made.files()};
    connected ends;
    transport below{std::move(ends.server), &context};
    ssl::context trusting{ssl::context::tls_client};
    websocket::stream<ssl::stream<tcp::socket>> talk{std::move(ends.client), trusting};
    auto ask = [&]() -> awaitable<std::string> {
        co_await talk.next_layer().async_handshake(ssl::stream_base::client, use_awaitable);
        co_return co_await say(talk, long_text());
    };

    auto closed = boost::asio::co_spawn(ends.loop, echo(below), boost::asio::use_future);
    auto heard = boost::asio::co_spawn(ends.loop, ask(), boost::asio::use_future);
    ends.loop.run();

    CHECK(heard.get() == long_text());
    CHECK(closed.get());
}
