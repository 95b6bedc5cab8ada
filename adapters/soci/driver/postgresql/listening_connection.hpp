#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// Wakes a thread that waits in `poll`.
///
/// Thread safety: any number of threads may call `wake` at once.
class waker {
public:
    /// Throws `std::system_error` if the process has no file descriptor left.
    waker();
    ~waker();

    waker(const waker&) = delete;
    waker& operator=(const waker&) = delete;

    void wake() const noexcept;

    /// Waits until `until`, until `wake` is called, or until `socket` is ready for `events` (as in
    /// `poll`). A negative socket is ignored.
    void wait(std::chrono::steady_clock::time_point until, int socket = -1, short events = 0) const;

private:
    int descriptor_;
};

/// A connection to PostgreSQL that listens to one channel and notifies its other listeners. It
/// waits with `poll`, so that it can be stopped at any time, also while the network does not
/// respond.
///
/// Thread safety: none.
class listening_connection {
public:
    /// Whether the connection has to stop waiting.
    using stop_predicate = std::function<bool()>;

    /// Keeps references. Does not connect yet.
    listening_connection(const waker& waker, stop_predicate has_to_stop);

    /// Connects and listens. False if that failed; `failure_reason` then returns the reason.
    bool open(const database_url& url, const std::string& channel);

    /// Notifies the channel. False if the connection has failed.
    bool notify(std::string_view payload);

    /// Waits until `until`, until a notification arrives, or until the waker wakes the thread.
    /// Returns at once if a notification has arrived already. False if the connection has failed.
    bool wait(std::chrono::steady_clock::time_point until);

    /// Takes the notifications that other connections sent since the last call, in order.
    std::vector<std::string> take_received();

    /// libpq's reason, on one line.
    [[nodiscard]] std::string failure_reason() const;

    void close() noexcept;

private:
    bool run(const std::string& sql, const std::vector<std::string>& parameters);
    bool connect(const database_url& url);
    void collect();

    const waker& waker_;
    stop_predicate has_to_stop_;
    std::string channel_;
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    std::vector<std::string> received_;
};

}  // namespace botapi::sql
