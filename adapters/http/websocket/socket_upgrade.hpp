#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/websocket/web_socket.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace botapi::http {

/// What is said over one WebSocket.
class socket_talk {
public:
    virtual ~socket_talk() = default;

    /// Talks until the socket receives nothing more. What it throws is the server's fault.
    virtual boost::asio::awaitable<void> run(web_socket& over) = 0;

    /// Called now and then while it runs.
    virtual void check(web_socket& over, std::chrono::steady_clock::time_point now) = 0;
};

/// Makes a connection a WebSocket, and ends it with the talk.
class socket_upgrade final : public upgraded {
public:
    /// Keeps a reference to `limits`.
    socket_upgrade(
        const limits& limits,
        const socket_terms& terms,
        std::unique_ptr<socket_talk> talk
    )
        : limits_{limits}, terms_{terms}, talk_{std::move(talk)}
    {
    }

    boost::asio::awaitable<void> run(client_stream& over) override;
    void check(std::chrono::steady_clock::time_point now) override;
    void drain() override;

private:
    const limits& limits_;
    socket_terms terms_;
    std::unique_ptr<socket_talk> talk_;
    std::shared_ptr<web_socket> socket_{};  ///< Shared with what is started on it.
    bool is_draining_ = false;
};

}  // namespace botapi::http
