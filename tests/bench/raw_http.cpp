// The cost of HTTP itself: Beast only reads a request and writes a constant answer.
//
// Usage: bench_raw_http THREADS; prints the port that it listens on.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

asio::awaitable<void> serve(tcp::socket socket)
{
    try {
        socket.set_option(tcp::no_delay{true});
        boost::beast::flat_buffer buffer;
        for (;;) {
            http::request<http::string_body> request;
            co_await http::async_read(socket, buffer, request, asio::use_awaitable);
            http::response<http::string_body> answer{http::status::ok, request.version()};
            answer.set(http::field::content_type, "application/json");
            answer.body() = "[]";
            answer.keep_alive(request.keep_alive());
            answer.prepare_payload();
            co_await http::async_write(socket, answer, asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // The client has gone.
    }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, std::vector<asio::io_context*> loops)
{
    for (std::size_t next = 0;; next = (next + 1) % loops.size()) {
        auto& loop = *loops[next];
        auto socket = co_await acceptor.async_accept(loop, asio::use_awaitable);
        asio::co_spawn(loop, serve(std::move(socket)), asio::detached);
    }
}

}  // namespace

int main(int count, char** words)
{
    const int threads = count > 1 ? std::atoi(words[1]) : 1;
    std::vector<std::unique_ptr<asio::io_context>> owned;
    std::vector<asio::io_context*> loops;
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
    for (int at = 0; at < threads; ++at) {
        owned.push_back(std::make_unique<asio::io_context>(1));
        loops.push_back(owned.back().get());
        guards.push_back(asio::make_work_guard(*loops.back()));
    }
    tcp::acceptor acceptor{*loops.front(), {asio::ip::address_v4::loopback(), 0}};
    std::cout << acceptor.local_endpoint().port() << std::endl;
    asio::co_spawn(*loops.front(), accept(acceptor, loops), asio::detached);

    std::vector<std::jthread> running;
    for (auto* const loop : loops)
        running.emplace_back([loop] { loop->run(); });
}
