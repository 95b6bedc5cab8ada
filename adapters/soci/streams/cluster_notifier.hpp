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

/// Notifies the other servers on the same PostgreSQL database of streams that have grown, with
/// NOTIFY. Each server has one connection for it.
///
/// A notification is never part of the transaction that stores the messages, because PostgreSQL
/// serialises the commits of transactions that notify. Streams that grow during a notification go
/// into the next one.
///
/// A server without peers sends no notifications. A new server sends a `join`, and its peers answer
/// with a heartbeat. All servers repeat the heartbeat as long as they have peers.
class cluster_notifier {
public:
    using receiver = std::function<void(std::span<const botcore::stream_id> grown)>;
    using moment = std::chrono::steady_clock::time_point;

    /// `log` must outlive the notifier. `work` calls `on_notice` with the streams that have grown.
    /// An empty span means that any stream may have grown.
    cluster_notifier(database_url url, botcore::log& log, receiver on_notice);

    /// Queues a notification to the other servers. Never waits. Any number of threads may call at
    /// once.
    void publish(std::span<const botcore::stream_id> grown);

    /// Ends `wait`. Any number of threads may call at once.
    void wake() const noexcept { waker_.wake(); }

    // One thread calls the other functions.

    /// Connects if necessary, receives notifications, and sends those that are due. Returns early
    /// once `is_over` returns true.
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
    unsigned failures_ = 0;  ///< Consecutive failures to connect.
    moment next_try_{};
    moment next_heartbeat_{};
    moment peers_until_{};  ///< After this time without a notification, there are no peers.
    std::atomic<bool> has_peers_{false};
    std::mutex mutex_;
    pending_streams pending_;
};

}  // namespace botapi::sql
