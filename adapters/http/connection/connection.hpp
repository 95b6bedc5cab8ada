#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <netinet/tcp.h>
#include <utility>

namespace botapi::http {

/// Reads one request from a connection.
using request_parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

/// A client's socket, and how long we wait for the client.
///
/// The time is not kept by a timer for each connection, which would have to be set for each read
/// and write, but looked after from outside, now and then: see `check`.
class connection {
public:
    using clock = std::chrono::steady_clock;

    explicit connection(boost::asio::ip::tcp::socket socket) : socket_{std::move(socket)} {}

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

    /// What was read and is not understood yet.
    [[nodiscard]] boost::beast::flat_buffer& buffer() noexcept { return buffer_; }

    /// From now on the client has `time` before what waits for it is cancelled.
    void expect_within(std::chrono::nanoseconds time)
    {
        until_ = clock::now() + time;
        is_late_ = false;
    }

    /// From now on we expect nothing of the client.
    void expect_nothing() noexcept { until_ = clock::time_point::max(); }

    /// Whether the client took longer than was last expected.
    [[nodiscard]] bool is_late() const noexcept { return is_late_; }

    /// Cancels what waits for the client, if its time is over.
    void check(clock::time_point now)
    {
        if (now < until_)
            return;
        is_late_ = true;
        expect_nothing();
        cancel();
    }

    /// Tells the client's system at once that everything has arrived. Clients that write header and
    /// body apart, without TCP_NODELAY, send the body only then: 40 ms later, if the
    /// acknowledgement waits for data to ride with, as it does by default.
    void acknowledge()
    {
        using quick_acknowledgement =
            boost::asio::detail::socket_option::boolean<IPPROTO_TCP, TCP_QUICKACK>;
        boost::system::error_code ignored;
        socket_.set_option(quick_acknowledgement{true}, ignored);
    }

    /// Cancels what waits for the client.
    void cancel()
    {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }

private:
    boost::asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer buffer_;
    clock::time_point until_ = clock::time_point::max();
    bool is_late_ = false;
};

}  // namespace botapi::http
