#pragma once

#include "adapters/http/options.hpp"
#include "adapters/http/protocol/client_stream.hpp"
#include "adapters/http/websocket/deflate.hpp"
#include "adapters/http/websocket/frame_reader.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

/// What was agreed on with the client, and what is demanded of it.
struct socket_terms {
    bool takes_binary = false;  ///< Whether messages may be no text.
    std::optional<deflate_terms> deflate{};
};

/// A WebSocket (RFC 6455), from the answer to its upgrade to its end.
///
/// One coroutine receives; any number may send, and each waits for its turn. Nothing is queued: who
/// sends waits until the client takes what was sent, so a slow client costs no memory. A client
/// that stops taking or sending in the middle of a message is cut off by the rules for bodies and
/// answers; one that says nothing at all is asked by a ping whether it is still there.
///
/// It is shared by the coroutines that use it: at the program's end their loop destroys them in any
/// order.
///
/// Thread safety: none. All that use it run on its connection's thread.
class web_socket : public std::enable_shared_from_this<web_socket> {
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t read_size = 8'192;       ///< Bytes, between two messages.
    static constexpr std::size_t deflate_size_min = 512;  ///< Bytes; less is sent as it is.
    static constexpr std::chrono::seconds close_max{2};   ///< For the client to answer a close.

    /// Keeps references.
    web_socket(client_stream& over, const limits& limits, const socket_terms& terms);

    /// The next message; nothing if there will be none. Answers what the protocol itself asks.
    boost::asio::awaitable<std::optional<socket_event>> receive();

    /// Sends a message. False if the client can't be sent anything any more.
    boost::asio::awaitable<bool> send(opcode kind, std::string content);

    /// The same, of what `parts` make together. They must outlive the call.
    boost::asio::awaitable<bool> send(opcode kind, std::span<const std::string_view> parts);

    /// Ends the socket: tells the client why, and waits for its answer for a short time. Only the
    /// first call counts.
    void close(close_code code, std::string_view reason);

    /// That of its connection.
    [[nodiscard]] boost::asio::any_io_executor get_executor() { return changed_.get_executor(); }

    /// Whether messages can be sent.
    [[nodiscard]] bool is_open() const noexcept { return !is_closing_ && !is_cut_; }

    /// Why we closed it; nothing if we did not.
    [[nodiscard]] std::optional<close_code> closed_with() const noexcept { return closed_with_; }

    /// Runs `work` beside the one that receives; `finish` waits for its end.
    void start(boost::asio::awaitable<void> work);

    /// Waits until `wake`, or until something has changed about the socket.
    boost::asio::awaitable<void> wait();

    /// Resumes those who wait.
    void wake() { changed_.cancel(); }

    /// Looks whether the client is late. To be called now and then.
    void check(clock::time_point now);

    /// Ends what was started and still runs. What that threw continues here.
    boost::asio::awaitable<void> finish();

private:
    class turn;

    boost::asio::awaitable<bool> fill();
    boost::asio::awaitable<void> answer(std::string content);
    boost::asio::awaitable<bool> take_turn();
    boost::asio::awaitable<bool> write(opcode kind, std::span<const std::string_view> parts);
    void begin_close();
    boost::asio::awaitable<void> send_close(std::string content);
    boost::asio::awaitable<void> send_ping();
    void heard(std::size_t bytes);
    void cut();

    client_stream& client_;
    const limits& limits_;
    std::optional<deflate_terms> deflate_;
    frame_reader reader_;
    boost::asio::steady_timer changed_;  ///< Never expires; cancelled when something changes.

    std::uint64_t turns_ = 0;   ///< That were ever asked for.
    std::uint64_t served_ = 0;  ///< That are over.
    std::exception_ptr failure_{};
    std::size_t running_ = 0;  ///< Coroutines that were started and have not ended.

    bool is_closing_ = false;  ///< Whether a close frame is sent, or about to be.
    bool has_closed_ = false;  ///< Whether it is.
    bool is_cut_ = false;      ///< Whether the connection is of no use any more.
    bool is_pinged_ = false;   ///< Whether a ping is not answered yet.
    std::optional<close_code> closed_with_{};
    clock::time_point heard_ = clock::now();
    clock::time_point until_{};  ///< For the rest of a message, or the answer to a close.
};

}  // namespace botapi::http
