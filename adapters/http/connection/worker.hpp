#pragma once

#include "adapters/http/connection/admission.hpp"
#include "adapters/http/connection/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <list>

namespace botapi::http {

/// One thread's share of the connections, and the event loop that serves them.
class worker {
public:
    /// Whatever `context` refers to must outlive the worker.
    explicit worker(session_context context);

    ~worker() = default;
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    /// Serves until `drain` was called and the last connection has ended, or `stop` was called.
    void run() { loop_.run(); }

    [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }

    /// The number of connections. From any thread.
    [[nodiscard]] std::size_t load() const noexcept { return load_; }

    /// Takes a connection over. From any thread.
    void serve(boost::asio::ip::tcp::socket socket, admission::ticket ticket);

    /// Ends the connections that are between two requests. Each of the others ends after its answer
    /// if `session_context::is_draining` is set. From any thread.
    void drain();

    /// Makes `run` return at once. From any thread.
    void stop() { loop_.stop(); }

private:
    class membership;

    boost::asio::awaitable<void> hold(
        boost::asio::ip::tcp::socket socket,
        admission::ticket ticket
    );
    boost::asio::awaitable<void> watch();
    void check_some(std::size_t count, connection::clock::time_point now);

    session_context context_;
    std::atomic<std::size_t> load_{0};
    std::list<session*> sessions_;
    std::list<session*>::iterator next_ = sessions_.end();  ///< The next one to check.
    boost::asio::io_context loop_{1};  // After the others, which its coroutines use to their end.
    boost::asio::steady_timer pause_{loop_};
};

}  // namespace botapi::http
