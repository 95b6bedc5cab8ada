#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/driver/postgresql/listening_connection.hpp"
#include "adapters/soci/streams/cluster_notice.hpp"

#include <botcore/domain/stream.hpp>
#include <botcore/ports/log.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <span>

namespace botapi::sql {

/// Servers on one PostgreSQL tell each other what has grown, through its notifications, on one
/// connection each.
///
/// A notification is never part of the transaction that stored the messages: PostgreSQL lets those
/// that notify commit one after another. What piles up while one is sent goes with the next. While
/// no other server is there, nothing is sent: who comes says so, who is there answers, and says so
/// again while there are others.
class cluster_notifier {
public:
    using receiver = std::function<void(std::span<const botcore::stream_id> grown)>;
    using moment = std::chrono::steady_clock::time_point;

    /// `log` must outlive the talk. `heard` is called by `work`, with nothing if any stream may
    /// have grown.
    cluster_notifier(database_url url, botcore::log& log, receiver receive);

    /// Lets others know, soon. Never waits. Any number of threads may call at once.
    void publish(std::span<const botcore::stream_id> grown);

    /// Ends `wait`. Any number of threads may call at once.
    void wake() const noexcept { waker_.wake(); }

    // The rest is for one thread.

    /// Connects, if need be, says what is to be said, and hears. Returns early if `is_over`.
    void work(const std::function<bool()>& is_over);

    /// Waits until there is something to do, or until `until`.
    void wait(moment until);

private:
    void open();
    void receive();
    bool send();
    void lose();
    void handle(const cluster_notice& notice);

    database_url url_;
    botcore::log& log_;
    receiver receiver_;
    waker waker_;
    listening_connection connection_;
    std::function<bool()> is_over_;
    std::minstd_rand random_;
    bool is_open_ = false;
    bool is_join_due_ = false;
    bool is_heartbeat_due_ = false;
    unsigned failures_ = 0;  ///< To connect, one after another.
    moment next_try_{};
    moment next_heartbeat_{};
    moment peers_until_{};  ///< Who was not heard by then is not there any more.
    std::atomic<bool> has_peers_{false};
    std::mutex mutex_;
    pending_streams pending_;
};

}  // namespace botapi::sql
