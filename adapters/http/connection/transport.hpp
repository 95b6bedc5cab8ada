#pragma once

#include "adapters/http/connection/tls_stream.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace botapi::http {

/// Writes the content of `Buffers` as TLS records, each as full as possible, so that a header and
/// the start of its body share a record.
template <class Buffers>
class record_writer {
public:
    static constexpr std::size_t turn_max =
        262'144;  ///< Bytes, before other connections get a turn.

    record_writer(tls_stream& stream, const Buffers& content) : stream_{stream}, rest_{content} {}

    tls_outcome operator()()
    {
        std::array<char, tls_stream::record_size_max> joined;
        while (written_ < turn_max) {
            const auto record = next_record(boost::asio::buffer(joined));
            if (record.size() == 0)
                break;
            const auto outcome = stream_.write(record);
            if (outcome.needs != tls_outcome::need::nothing || outcome.why)
                return outcome;
            written_ += outcome.count;
            rest_.consume(outcome.count);
        }
        return {.count = written_};
    }

private:
    [[nodiscard]] boost::asio::const_buffer next_record(boost::asio::mutable_buffer joined) const
    {
        const auto begin = boost::asio::buffer_sequence_begin(rest_);
        if (begin == boost::asio::buffer_sequence_end(rest_))
            return {};
        const boost::asio::const_buffer first = *begin;
        if (first.size() >= joined.size())
            return first;
        return {joined.data(), boost::asio::buffer_copy(joined, rest_)};
    }

    tls_stream& stream_;
    boost::beast::buffers_suffix<Buffers> rest_;
    std::size_t written_ = 0;
};

/// Repeats an attempt on a TLS connection until it needs nothing more of the socket.
template <class Attempt>
class tls_operation {
public:
    tls_operation(boost::asio::ip::tcp::socket& socket, Attempt attempt)
        : socket_{socket}, attempt_{std::move(attempt)}
    {
    }

    template <class Self>
    void operator()(Self& self, boost::system::error_code interrupted = {})
    {
        using need = tls_outcome::need;
        using boost::asio::ip::tcp;

        if (!is_done_) {
            outcome_ = interrupted ? tls_outcome{.why = interrupted} : attempt_();
            const bool is_inside_start = !std::exchange(has_begun_, true);
            if (outcome_.needs == need::input)
                return socket_.async_wait(tcp::socket::wait_read, std::move(self));
            if (outcome_.needs == need::output)
                return socket_.async_wait(tcp::socket::wait_write, std::move(self));
            is_done_ = true;
            if (is_inside_start)
                return boost::asio::post(socket_.get_executor(), std::move(self));
        }
        self.complete(outcome_.why, outcome_.count);
    }

private:
    boost::asio::ip::tcp::socket& socket_;
    Attempt attempt_;
    tls_outcome outcome_{};
    bool has_begun_ = false;
    bool is_done_ = false;
};

/// A TCP connection, or TLS over one.
///
/// It is what Asio calls an AsyncReadStream and an AsyncWriteStream. Without TLS its operations are
/// those of the socket, at the same cost.
///
/// Thread safety: none. One may read and one may write at a time.
class transport {
public:
    using executor_type = boost::asio::ip::tcp::socket::executor_type;
    using completion = void(boost::system::error_code, std::size_t);

    /// Plain without a `context`. With one, `async_handshake` comes before everything else.
    transport(boost::asio::ip::tcp::socket socket, const tls_context* context)
        : socket_{std::move(socket)}
    {
        boost::system::error_code ignored;  // Reading and writing report a broken socket.
        socket_.non_blocking(true, ignored);
        if (context == nullptr)
            return;
        tls_ = std::make_unique<tls_stream>(*context, socket_.native_handle());
    }

    ~transport() = default;
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }

    /// The socket below, for its options and its state. Only the transport may read and write.
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }

    [[nodiscard]] bool is_secure() const noexcept { return tls_ != nullptr; }

    /// Bytes that can be read without waiting for the client, for certain.
    [[nodiscard]] std::size_t available()
    {
        boost::system::error_code ignored;
        return tls_ ? tls_->available() : socket_.available(ignored);
    }

    /// Whether unread bytes have arrived, even if TLS keeps them for itself.
    [[nodiscard]] bool has_arrived()
    {
        boost::system::error_code ignored;
        return socket_.available(ignored) > 0 || (tls_ && tls_->has_pending());
    }

    /// Completes when something may have arrived. It holds no buffer while it waits.
    template <class Token>
    auto async_wait_readable(Token&& token)
    {
        auto initiate = [this](auto then) {
            const boost::system::error_code at_once;
            if (tls_ && tls_->has_pending()) {
                return boost::asio::post(
                    get_executor(),
                    boost::asio::append(std::move(then), at_once)
                );
            }
            socket_.async_wait(boost::asio::ip::tcp::socket::wait_read, std::move(then));
        };
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(initiate, token);
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        auto initiate = [this](auto then, const Buffers& into) {
            if (!tls_)
                return socket_.async_read_some(into, std::move(then));
            start(
                [this, first = first_of(into)] {
                    return first.size() == 0 ? tls_outcome{} : tls_->read(first);
                },
                then
            );
        };
        return boost::asio::async_initiate<Token, completion>(initiate, token, buffers);
    }

    /// Writes as much as the system accepts at once, without a trip through the executor. Returns
    /// the number of bytes, which is always 0 with TLS. Throws `boost::system::system_error`.
    template <class Buffers>
    std::size_t write_at_once(const Buffers& content)
    {
        if (tls_)
            return 0;
        boost::system::error_code why;
        const auto written = socket_.write_some(content, why);
        if (why && why != boost::asio::error::would_block)
            throw boost::system::system_error{why};
        return written;
    }

    /// Writes as much as the system accepts at once, also with TLS. Returns the number of bytes.
    /// The next write must begin with the others, because TLS may have sent a part of their record.
    /// Throws `boost::system::system_error`.
    std::size_t write_some(boost::asio::const_buffer content)
    {
        if (!tls_)
            return write_at_once(content);
        std::size_t written = 0;
        while (content.size() > 0) {
            const auto outcome = tls_->write(content);
            if (outcome.why)
                throw boost::system::system_error{outcome.why};
            if (outcome.needs != tls_outcome::need::nothing)
                break;
            written += outcome.count;
            content += outcome.count;
        }
        return written;
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        auto initiate = [this](auto then, const Buffers& content) {
            if (!tls_)
                return socket_.async_write_some(content, std::move(then));
            start(record_writer<Buffers>{*tls_, content}, then);
        };
        return boost::asio::async_initiate<Token, completion>(initiate, token, buffers);
    }

    /// Runs the TLS handshake; completes with 0 bytes. Precondition: the transport is secure.
    template <class Token>
    auto async_handshake(Token&& token)
    {
        return start([this] { return tls_->shake_hands(); }, token);
    }

    /// Sends TLS's close notification, if TLS is used; completes with 0 bytes. Closing TCP is left
    /// to the socket.
    template <class Token>
    auto async_finish(Token&& token)
    {
        return start([this] { return tls_ ? tls_->close() : tls_outcome{}; }, token);
    }

private:
    template <class Attempt, class Token>
    auto start(Attempt attempt, Token& token)
    {
        return boost::asio::async_compose<Token, completion>(
            tls_operation<Attempt>{socket_, std::move(attempt)},
            token,
            socket_
        );
    }

    template <class Buffers>
    static boost::asio::mutable_buffer first_of(const Buffers& buffers)
    {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
            const boost::asio::mutable_buffer one = *at;
            if (one.size() != 0)
                return one;
        }
        return {};
    }

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<tls_stream> tls_{};
};

}  // namespace botapi::http
