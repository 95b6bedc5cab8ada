#pragma once

#include "adapters/http/connection/transport.hpp"
#include "adapters/http/protocol/client_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::http {

/// Reads one request from a connection.
using request_parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

/// What leads to a client, and how long we wait for the client.
///
/// The time is not kept by a timer for each connection, which would have to be set for each read
/// and write, but looked after from outside, now and then: see `check`.
class connection final : public client_stream {
public:
    using clock = std::chrono::steady_clock;

    /// Bytes of a request that are read first, which most requests are shorter than: every
    /// connection that waits for one has so much room.
    static constexpr std::size_t first_read_size = 1'024;

    static constexpr std::size_t read_size = 8'192;  ///< Bytes of a header that are read at once.
    static constexpr std::size_t part_size = read_size_max;  ///< Of a body, at once.

    /// Holds no more than a part of a body, or lines between its parts, of `line_size_max` bytes
    /// together. With `tls`, the client has to speak TLS.
    connection(
        boost::asio::ip::tcp::socket socket,
        const tls_context* tls,
        std::size_t line_size_max
    )
        : transport_{std::move(socket), tls}, buffer_{part_size + line_size_max}
    {
    }

    [[nodiscard]] http::transport& transport() noexcept { return transport_; }

    [[nodiscard]] boost::asio::any_io_executor executor() override
    {
        return transport_.get_executor();
    }

    [[nodiscard]] boost::beast::flat_buffer& buffer() noexcept override { return buffer_; }

    outcome<> wait_readable() override;

    outcome<std::size_t> read(std::size_t size_max) override;

    boost::asio::awaitable<boost::system::error_code> write(
        const std::vector<boost::asio::const_buffer>& content,
        pace required_pace
    ) override;

    /// From now on the client has `time` before what waits for it is cancelled.
    void expect_within(std::chrono::nanoseconds time);

    /// A body or an answer begins. The client has `patience` of credit: waiting for it uses credit
    /// up, and what it sends or takes earns some back, a second for `rate_min` bytes, up to
    /// `patience` again. So no pause is longer than that, and who is slower than `rate_min` for
    /// long is cut off. 0 is any rate.
    void begin_transfer(std::chrono::nanoseconds patience, std::uint64_t rate_min);

    /// From now on the client has what is left of its credit.
    void expect_transfer();

    /// The client has sent or taken so many bytes.
    void transferred(std::size_t bytes);

    /// From now on we expect nothing of the client.
    void expect_nothing() noexcept { until_ = clock::time_point::max(); }

    /// Whether something is expected of the client: reading or writing then tells if it has left.
    [[nodiscard]] bool is_waited_for() const noexcept { return until_ != clock::time_point::max(); }

    /// Whether the client took longer than was last expected.
    [[nodiscard]] bool is_late() const noexcept { return is_late_; }

    /// Whether the client has closed its end, and all that it had to say before was read.
    [[nodiscard]] bool is_left();

    /// Ends the connection at once, and throws away what the system still has for the client: who
    /// does not take it would make the system keep it for minutes.
    void abort();

    /// Cancels what waits for the client, if its time is over.
    void check(clock::time_point now);

    /// Tells the client's system at once that everything has arrived. Clients that write header and
    /// body apart, without TCP_NODELAY, send the body only then: 40 ms later, if the
    /// acknowledgement waits for data to ride with, as it does by default.
    void acknowledge();

    /// Lets the system hold no more than about so many bytes that the client's system has no room
    /// for yet. By default it takes megabytes of an answer, also for a client that takes nothing.
    void limit_unsent(int bytes);

    /// Cancels what waits for the client.
    void cancel() override;

private:
    void look(clock::time_point now);
    void earn(std::uint64_t bytes);

    http::transport transport_;
    boost::beast::flat_buffer buffer_;
    clock::time_point until_ = clock::time_point::max();
    bool is_late_ = false;
    bool is_transfer_ = false;
    clock::time_point transfer_since_{};
    std::chrono::nanoseconds patience_{};
    std::chrono::nanoseconds credit_{};
    std::uint64_t rate_min_ = 0;
    std::optional<std::uint64_t> acknowledged_{};  ///< At the last look while it is waited for.
};

}  // namespace botapi::http
