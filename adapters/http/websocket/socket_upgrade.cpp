#include "adapters/http/websocket/socket_upgrade.hpp"

#include <exception>

namespace botapi::http {

boost::asio::awaitable<void> socket_upgrade::run(client_stream& over)
{
    terms_.admission = session_.get();
    socket_ = std::make_shared<web_socket>(over, limits_, terms_);
    if (is_draining_)
        drain();
    std::exception_ptr failure;
    try {
        co_await session_->run(*socket_);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        socket_->close(close_code::failed, "The server failed. The fault is ours, not yours.");
        auto receiving = socket_->receive();
        co_await std::move(receiving);
    }
    co_await socket_->finish();
    if (failure)
        std::rethrow_exception(failure);
}

void socket_upgrade::check(std::chrono::steady_clock::time_point now)
{
    if (!socket_)
        return;
    socket_->check(now);
    session_->check(*socket_, now);
}

void socket_upgrade::drain()
{
    is_draining_ = true;
    if (socket_)
        socket_->close(close_code::going_away, "The server is shutting down. Connect again.");
}

}  // namespace botapi::http
