#pragma once

#include "adapters/http/protocol/client_stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace botapi::http {

/// What a connection is used for once it speaks HTTP no more (RFC 9110 section 7.8).
class upgraded {
public:
    virtual ~upgraded() = default;

    /// Serves the client, whose first bytes may be in the buffer already. Afterwards the connection
    /// is closed.
    virtual boost::asio::awaitable<void> run(client_stream& over) = 0;

    /// Ends what waits too long. Called now and then while it runs.
    virtual void check(std::chrono::steady_clock::time_point now) = 0;

    /// The server is about to end: so should this, soon.
    virtual void drain() = 0;
};

}  // namespace botapi::http
