#pragma once

#include "adapters/http/connection/client_presence.hpp"
#include "adapters/http/connection/connection.hpp"
#include "adapters/http/connection/exchange.hpp"
#include "adapters/http/connection/request_body.hpp"
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

    /// Returns when the connection has ended. No client can make it throw.
    boost::asio::awaitable<void> run();

    /// Enforces the time limits, and notes when the client has left. The worker calls it regularly.
    void check(connection::clock::time_point now);

    /// The server is about to end. A connection between two requests ends now; a new one may still
    /// send its first request; any other one answers its request first.
    void drain();

private:
    /// How long a new client may take to send a request to a server that is ending.
    static constexpr std::chrono::seconds last_max{1};

    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<bool> wait_for_request();
    boost::asio::awaitable<bool> serve();
    boost::asio::awaitable<bool> reply(exchange& current, const request_body& body);
    boost::asio::awaitable<bool> skip_rest(request_body& body);
    boost::asio::awaitable<void> run_upgraded();
    void identify(exchange& current) const;
    bool note_idle_end();

    const session_context& context_;
    connection connection_;
    client_presence presence_{connection_, context_.is_draining};
    boost::asio::ip::address peer_address_;
    client_identity peer_;         ///< The client, unless the peer is a trusted proxy.
    bool is_proxy_;                ///< Whether the peer is a trusted proxy.
    exchange* current_ = nullptr;  ///< The exchange whose handler runs, if one does.
    bool is_idle_ = false;
    bool has_served_ = false;
    std::size_t pipelined_ = 0;  ///< Requests in a row that arrived before the previous answer.
    std::unique_ptr<upgraded_protocol> upgraded_{};  ///< Set once the connection has left HTTP.
};

}  // namespace botapi::http
