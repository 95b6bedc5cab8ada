#pragma once

#include "adapters/http/protocol/client_stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace botapi::http {

/// The protocol of a connection that was upgraded from HTTP (RFC 9110 section 7.8).
class upgraded_protocol {
public:
    virtual ~upgraded_protocol() = default;

    /// Serves the client, whose first bytes may be in the buffer already. Afterwards the connection
    /// is closed.
    virtual boost::asio::awaitable<void> run(client_stream& over) = 0;

    /// Enforces the time limits. Called regularly while `run` runs.
    virtual void check(std::chrono::steady_clock::time_point now) = 0;

    /// Makes `run` return soon, because the server is about to end.
    virtual void drain() = 0;
};

}  // namespace botapi::http
