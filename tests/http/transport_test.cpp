#include "adapters/http/connection/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

using namespace botapi::http;

namespace {

namespace ssl = boost::asio::ssl;

using boost::asio::as_tuple;
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

/// More than the system's buffers and a TLS record take at once.
std::string long_text()
{
    std::string text;
    for (std::size_t at = 0; at < 3'000'000; ++at)
        text += static_cast<char>('a' + at % 23);
    return text;
}

/// Echoes `size` bytes, and ends the connection.
awaitable<void> echo(transport& below, std::size_t size)
{
    if (below.is_secure())
        co_await below.async_handshake(use_awaitable);
    std::string received(size, '\0');
    auto reading = boost::asio::async_read(below, boost::asio::buffer(received), use_awaitable);
    co_await std::move(reading);
    auto writing = boost::asio::async_write(below, boost::asio::buffer(received), use_awaitable);
    co_await std::move(writing);
    auto ending = below.async_finish(as_tuple(use_awaitable));
    co_await std::move(ending);
}

/// Sends `text` and returns everything up to the end of the connection.
template <class Stream>
awaitable<std::string> say(Stream& stream, std::string text)
{
    auto writing = boost::asio::async_write(stream, boost::asio::buffer(text), use_awaitable);
    co_await std::move(writing);
    std::string received;
    auto reading = boost::asio::async_read(
        stream,
        boost::asio::dynamic_buffer(received),
        as_tuple(use_awaitable)
    );
    const auto [why, size] = co_await std::move(reading);
    // Neither TLS nor TCP was cut off.
    CHECK(why == boost::asio::error::eof);
    co_return received;
}

/// Writes a text in pieces, as much of what is left as the system takes, and waits for room only
/// when all are there. Meanwhile each byte that the client sends is read.
awaitable<void> write_in_pieces(transport& below, std::string_view text)
{
    if (below.is_secure())
        co_await below.async_handshake(use_awaitable);
    std::string unsent;
    while (!text.empty()) {
        unsent += text.substr(0, 10'007);
        text.remove_prefix(std::min<std::size_t>(text.size(), 10'007));
        unsent.erase(0, below.write_some(boost::asio::buffer(unsent)));
    }
    CHECK(unsent.size() > 100'000);
    std::string received(5, '\0');
    auto reading = boost::asio::async_read(below, boost::asio::buffer(received), use_awaitable);
    co_await std::move(reading);
    CHECK(received == "hello");
    auto writing = boost::asio::async_write(below, boost::asio::buffer(unsent), use_awaitable);
    co_await std::move(writing);
    auto ending = below.async_finish(as_tuple(use_awaitable));
    co_await std::move(ending);
}

}  // namespace

TEST_CASE("transport: bytes over TCP arrive, and the connection ends cleanly", "[http]")
{
    connected ends;
    transport below{std::move(ends.server), nullptr};
    const auto text = long_text();
    auto serve = [&]() -> awaitable<void> {
        co_await echo(below, text.size());
        below.socket().close();
    };

    auto served = boost::asio::co_spawn(ends.loop, serve, boost::asio::use_future);
    auto received =
        boost::asio::co_spawn(ends.loop, say(ends.client, text), boost::asio::use_future);
    ends.loop.run();

    CHECK(received.get() == text);
    served.get();
}

TEST_CASE("transport: bytes over TLS arrive, and the connection ends cleanly", "[http]")
{
    const certificate made;
    const tls_context context{made.files()};
    connected ends;
    transport below{std::move(ends.server), &context};
    ssl::context trusting{ssl::context::tls_client};
    ssl::stream<tcp::socket> talk{std::move(ends.client), trusting};
    const auto text = long_text();
    auto serve = [&]() -> awaitable<void> {
        co_await echo(below, text.size());
        below.socket().close();
    };
    auto ask = [&]() -> awaitable<std::string> {
        co_await talk.async_handshake(ssl::stream_base::client, use_awaitable);
        co_return co_await say(talk, text);
    };

    auto served = boost::asio::co_spawn(ends.loop, serve, boost::asio::use_future);
    auto received = boost::asio::co_spawn(ends.loop, ask, boost::asio::use_future);
    ends.loop.run();

    CHECK(received.get() == text);
    served.get();
}

TEST_CASE("transport: what TLS could not take at once may wait, and grow", "[http]")
{
    const certificate made;
    const tls_context context{made.files()};
    connected ends;
    ends.server.set_option(boost::asio::socket_base::send_buffer_size{16'384});
    transport below{std::move(ends.server), &context};
    ssl::context trusting{ssl::context::tls_client};
    ssl::stream<tcp::socket> talk{std::move(ends.client), trusting};
    const auto text = long_text();
    auto serve = [&]() -> awaitable<void> {
        co_await write_in_pieces(below, text);
        below.socket().close();
    };
    auto ask = [&]() -> awaitable<std::string> {
        co_await talk.async_handshake(ssl::stream_base::client, use_awaitable);
        co_return co_await say(talk, "hello");
    };

    auto served = boost::asio::co_spawn(ends.loop, serve, boost::asio::use_future);
    auto received = boost::asio::co_spawn(ends.loop, ask, boost::asio::use_future);
    ends.loop.run();

    CHECK(received.get() == text);
    served.get();
}
