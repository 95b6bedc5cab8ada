#pragma once

#include "adapters/http/connection/client_presence.hpp"
#include "adapters/http/connection/connection.hpp"
#include "adapters/http/live/hub.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/dispatcher.hpp"
#include "adapters/http/protocol/message.hpp"

#include <botcore/ports/log.hpp>

#include <atomic>
#include <cstdint>
#include <string>

namespace botapi::http {

/// What all sessions share.
struct session_context {
    const dispatcher& routes;
    const http::limits& limits;
    http::metrics& metrics;
    botcore::log& log;
    const tls_context* tls;  ///< Nothing if connections are plain.
    hub& live;
    const std::atomic<bool>& is_draining;  ///< Whether the server is about to end.
};

/// Serves the requests of one connection, one after another. Runs on one thread.
class session {
public:
    session(boost::asio::ip::tcp::socket socket, session_context context);

    /// Returns when the connection has ended, and throws nothing a client could cause.
    boost::asio::awaitable<void> run();

    /// Ends what waits too long. To be called now and then.
    void check(connection::clock::time_point now);

    /// The server is about to end: so does a connection that is not in the middle of a request.
    void drain();

private:
    struct exchange;

    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<bool> wait_for_request();
    boost::asio::awaitable<bool> serve();
    boost::asio::awaitable<bool> reply(exchange& now, request_parser& parser);
    void record(const exchange& now) const;

    session_context context_;
    connection connection_;
    client_presence presence_{connection_, context_.is_draining};
    std::string remote_;
    bool is_idle_ = false;
};

}  // namespace botapi::http
