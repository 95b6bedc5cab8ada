#pragma once

#include "adapters/http/connection/admission.hpp"
#include "adapters/http/connection/listen_error.hpp"
#include "adapters/http/connection/session.hpp"
#include "adapters/http/connection/worker.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace botapi::http {

/// Accepts connections to one address, and gives each to the worker with the fewest connections.
class listener {
public:
    /// Binds `address`, which is `host:port`, and listens. With `is_shared`, other servers of the
    /// same user may listen on the address too, if they also share it. The listener accepts
    /// connections as soon as the first worker runs. Keeps references.
    ///
    /// Throws `listen_error`.
    listener(
        const std::string& address,
        bool is_shared,
        const std::vector<std::unique_ptr<worker>>& workers,
        admission& admission,
        session_context context
    );

    ~listener() = default;
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// The address that is bound, with the real port.
    [[nodiscard]] std::string address() const;

    /// Accepts the connections that clients have opened so far, and then no more. The future is
    /// ready when the workers have all of them. From any thread that is not a worker's.
    std::future<void> close();

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> recover(boost::system::error_code why);
    boost::system::error_code accept_some(std::size_t max);
    void hand_over(boost::asio::ip::tcp::socket socket, worker& receiver);

    const std::vector<std::unique_ptr<worker>>& workers_;
    admission& admission_;
    session_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    bool is_failing_ = false;   ///< Whether the last attempt to accept failed, and was logged.
    bool is_refusing_ = false;  ///< Whether the last connection was refused, and that was logged.
};

}  // namespace botapi::http
