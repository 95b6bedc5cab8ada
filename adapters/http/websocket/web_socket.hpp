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

/// The agreement with the client, and the messages that the server reads.
struct socket_terms {
    bool takes_binary = false;  ///< Whether messages may be binary.
    std::optional<deflate_terms> deflate{};
    message_admission* admission = nullptr;  ///< Null: every message is read. Outlives the socket.
};

/// A WebSocket (RFC 6455), from the answer to the upgrade request to its end.
///
/// One coroutine receives. Any number may send, and each waits for its turn. The server queues
/// nothing: a sender waits until the client takes the message, so a slow client costs no memory.
///
/// A client that stops in the middle of a message loses its connection, by the same limits as for
/// bodies and answers. A silent client gets a ping, and loses its connection if it does not answer.
///
/// The coroutines that use a socket share it, because at the end of the program their loop destroys
/// them in any order.
///
/// Thread safety: none. Everything that uses it runs on its connection's thread.
class web_socket : public std::enable_shared_from_this<web_socket> {
public:
    using clock = std::chrono::steady_clock;

    static constexpr std::size_t read_size = 8'192;       ///< Bytes of a read between messages.
    static constexpr std::size_t deflate_size_min = 512;  ///< Bytes; less is not compressed.
    static constexpr std::chrono::seconds close_max{2};   ///< For the answer to a close frame.

    /// Keeps references.
    web_socket(client_stream& over, const limits& limits, const socket_terms& terms);

    /// The next message; nothing if there will be none. Answers pings and close frames itself.
    boost::asio::awaitable<std::optional<socket_event>> receive();

    /// Sends a message. False if nothing can be sent any more.
    boost::asio::awaitable<bool> send(opcode kind, std::string content);

    /// Sends `parts` as one message. They must outlive the call.
    boost::asio::awaitable<bool> send(opcode kind, std::span<const std::string_view> parts);

    /// Closes the socket: sends the client the reason, and waits for its answer for a short time.
    /// Only the first call has an effect.
    void close(close_code code, std::string_view reason);

    /// The executor of its connection.
    [[nodiscard]] boost::asio::any_io_executor get_executor() { return changed_.get_executor(); }

    /// Whether messages can be sent.
    [[nodiscard]] bool is_open() const noexcept { return !is_closing_ && !is_cut_; }

    /// Why the server closed the socket; nothing if it did not.
    [[nodiscard]] std::optional<close_code> closed_with() const noexcept { return closed_with_; }

    /// Runs `work` beside the coroutine that receives. `finish` waits for its end.
    void start(boost::asio::awaitable<void> work);

    /// Waits until `wake` is called, or until the state of the socket changes.
    boost::asio::awaitable<void> wait();

    /// Resumes every coroutine that waits.
    void wake() { changed_.cancel(); }

    /// Enforces the time limits. Called regularly.
    void check(clock::time_point now);

    /// Ends the coroutines that `start` began, and waits for them. Rethrows the exception of one
    /// that failed.
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
    void note_received(std::size_t bytes);
    void cut();

    client_stream& client_;
    const limits& limits_;
    std::optional<deflate_terms> deflate_;
    frame_reader reader_;
    boost::asio::steady_timer changed_;  ///< Never expires; cancelled when something changes.

    std::uint64_t turns_ = 0;   ///< Turns to send that were requested so far.
    std::uint64_t served_ = 0;  ///< Turns that are over.
    std::exception_ptr failure_{};
    std::size_t running_ = 0;  ///< Started coroutines that have not ended.

    bool is_closing_ = false;  ///< Whether a close frame is sent, or waits for its turn.
    bool has_closed_ = false;  ///< Whether a close frame is sent.
    bool is_cut_ = false;      ///< Whether the socket no longer uses the connection.
    bool is_pinged_ = false;   ///< Whether a ping waits for its answer.
    std::optional<close_code> closed_with_{};
    clock::time_point last_received_ = clock::now();
    clock::time_point until_{};  ///< The deadline of a message, or of the answer to a close frame.
};

}  // namespace botapi::http
