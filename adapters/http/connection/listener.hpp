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

/// Accepts the connections to one address, and gives each to the worker that has fewest.
class listener {
public:
    /// Binds `address`, `host:port`, and listens; `is_shared` lets other servers of the same user,
    /// which want that as well, listen there too. Connections are accepted as soon as the first
    /// worker runs. Keeps references.
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

    /// Accepts what has been connected until now, and then no more. From any thread that is not a
    /// worker's; done when all is handed over.
    std::future<void> close();

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> recover(boost::system::error_code why);
    boost::system::error_code accept_some(std::size_t max);
    void hand_over(boost::asio::ip::tcp::socket socket, worker& least);

    const std::vector<std::unique_ptr<worker>>& workers_;
    admission& admission_;
    session_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    bool is_failing_ = false;
    bool is_refusing_ = false;
};

}  // namespace botapi::http
