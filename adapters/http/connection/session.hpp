#pragma once

#include "adapters/http/connection/client_presence.hpp"
#include "adapters/http/connection/connection.hpp"
#include "adapters/http/connection/exchange.hpp"
#include "adapters/http/connection/session_context.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace botapi::http {
/// Serves the requests of one connection, one after another. Runs on one thread.
class session {
public:
    /// Keeps a reference to `context`.
    session(boost::asio::ip::tcp::socket socket, const session_context& context);

    /// Returns when the connection has ended, and throws nothing a client could cause.
    boost::asio::awaitable<void> run();

    /// Ends what waits too long, and notes that a client has left. To be called now and then.
    void check(connection::clock::time_point now);

    /// The server is about to end: so does a connection that is not in the middle of a request, or
    /// before its first one.
    void drain();

private:
    /// For a client to send a request to a server that is ending.
    static constexpr std::chrono::seconds last_max{1};

    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<bool> wait_for_request();
    boost::asio::awaitable<bool> serve();
    boost::asio::awaitable<bool> reply(exchange& now, request_parser& parser);
    boost::asio::awaitable<void> use();
    void identify(exchange& now) const;
    bool note_idle_end();

    const session_context& context_;
    connection connection_;
    client_presence presence_{connection_, context_.is_draining};
    boost::asio::ip::address peer_;  ///< Of the other end, which may be a proxy.
    client_identity self_;           ///< The other end, if it is none.
    bool is_proxy_;
    exchange* current_ = nullptr;  ///< That is being answered.
    bool is_idle_ = false;
    bool has_served_ = false;
    std::size_t in_a_row_ = 0;  ///< Requests that had arrived when the last one was answered.
    std::unique_ptr<upgraded> upgraded_{};  ///< Once the connection speaks HTTP no more.
};

}  // namespace botapi::http
