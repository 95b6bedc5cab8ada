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

/// A connection to a client, and the time limits that the client has to keep.
///
/// A connection has no timer of its own, which would have to be set for each read and write.
/// Instead its worker calls `check` regularly.
class connection final : public client_stream {
public:
    using clock = std::chrono::steady_clock;

    /// Bytes of a request's first read. Most requests are shorter. Every connection that waits for
    /// a request holds a buffer of this size.
    static constexpr std::size_t first_read_size = 1'024;

    static constexpr std::size_t read_size = 8'192;  ///< Bytes of a header that are read at once.
    static constexpr std::size_t part_size = read_size_max;  ///< Bytes of a body, likewise.

    /// The buffer holds one part of a body, and `line_size_max` bytes of the lines around it. With
    /// `tls`, the client has to speak TLS.
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

    /// Gives the client `time` from now on. Afterwards `check` cancels the read or the write that
    /// waits for the client.
    void expect_within(std::chrono::nanoseconds time);

    /// Begins a body or an answer. The client gets a credit of time, `patience` at most. Waiting
    /// for the client uses up credit. The bytes that it sends or takes earn credit back: one second
    /// for `rate_min` bytes. So no pause is longer than `patience`, and a client that stays slower
    /// than `rate_min` bytes a second is cut off. If `rate_min` is 0, any rate will do.
    void begin_transfer(std::chrono::nanoseconds patience, std::uint64_t rate_min);

    /// Gives the client the rest of its credit, from now on.
    void expect_transfer();

    /// Counts bytes that the client has sent or taken.
    void transferred(std::size_t bytes);

    /// Sets no time limit for the client from now on.
    void expect_nothing() noexcept { until_ = clock::time_point::max(); }

    /// Whether a time limit runs. Then a read or a write is in progress, which notices when the
    /// client leaves.
    [[nodiscard]] bool is_waited_for() const noexcept { return until_ != clock::time_point::max(); }

    /// Whether the client exceeded the last time limit.
    [[nodiscard]] bool is_late() const noexcept { return is_late_; }

    /// Whether the client has closed its end, and everything it had sent before was read.
    [[nodiscard]] bool is_left();

    /// Ends the connection at once and discards the unsent bytes. Otherwise the system would keep
    /// them for minutes, for a client that does not take them.
    void abort();

    /// Cancels whatever waits for the client, if its time is over.
    void check(clock::time_point now);

    /// Acknowledges the received bytes at once. By default the system waits 40 ms for data to send
    /// along. Meanwhile a client that writes header and body separately, without TCP_NODELAY, holds
    /// the body back.
    void acknowledge();

    /// Limits the bytes that the system buffers for the client to about `bytes`. By default it
    /// buffers megabytes of an answer, even for a client that takes nothing.
    void limit_unsent(int bytes);

    /// Cancels whatever waits for the client.
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
    std::optional<std::uint64_t> acknowledged_{};  ///< Bytes, at the last call of `look`.
};

}  // namespace botapi::http
