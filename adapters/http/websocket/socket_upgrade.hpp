#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/websocket/web_socket.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace botapi::http {

/// A protocol that runs over one WebSocket.
class socket_session : public message_admission {
public:
    bool admits() override { return true; }
    bool may_hold(std::size_t /*size*/) override { return true; }

    /// Runs until the socket receives nothing more. An exception means that the server failed.
    virtual boost::asio::awaitable<void> run(web_socket& over) = 0;

    /// Enforces the time limits. Called regularly while `run` runs.
    virtual void check(web_socket& over, std::chrono::steady_clock::time_point now) = 0;
};

/// Turns a connection into a WebSocket, which ends with its session.
class socket_upgrade final : public upgraded_protocol {
public:
    /// Keeps a reference to `limits`.
    socket_upgrade(
        const limits& limits,
        const socket_terms& terms,
        std::unique_ptr<socket_session> session
    )
        : limits_{limits}, terms_{terms}, session_{std::move(session)}
    {
    }

    boost::asio::awaitable<void> run(client_stream& over) override;
    void check(std::chrono::steady_clock::time_point now) override;
    void drain() override;

private:
    const limits& limits_;
    socket_terms terms_;
    std::unique_ptr<socket_session> session_;
    std::shared_ptr<web_socket> socket_{};  ///< Shared with the coroutines that it started.
    bool is_draining_ = false;
};

}  // namespace botapi::http
