#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/streams/cluster_notifier.hpp"

#include <botcore/domain/stream.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/stream_listeners.hpp>
#include <botcore/ports/stream_store.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <thread>

namespace botapi::sql {

/// Notifies listeners of streams that have grown: in this process, and on PostgreSQL in all
/// processes that listen to the same database. On PostgreSQL the first listener starts a thread and
/// a connection.
///
/// Thread safety: any number of threads may call at once.
class stream_signals {
public:
    /// `log` must outlive the signals.
    stream_signals(const database_route& route, botcore::log& log);

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(
        botcore::stream_store::listener on_change
    );

    /// Reports the end of an append, also of a failed one, and the streams that it extended.
    void append_ended(std::span<const botcore::stream_id> grown);

    /// The number of appends that have ended.
    [[nodiscard]] std::uint64_t appends_ended() const noexcept { return appends_ended_; }

    /// Reports that a read left out messages of these streams, because other appends were still
    /// running. `appends_ended` is the number of ended appends at the start of the read. The
    /// listeners are notified of these streams when the next append ends, and a moment later at the
    /// latest.
    void held_up(std::span<const botcore::stream_id> streams, std::uint64_t appends_ended);

private:
    using moment = std::chrono::steady_clock::time_point;

    void notify(std::span<const botcore::stream_id> grown);
    void notify_held_up();
    std::set<botcore::stream_id> take_held_up();
    [[nodiscard]] moment next_notification() const;
    void run(const std::stop_token& end);

    botcore::stream_listeners listeners_;
    std::atomic<std::uint64_t> appends_ended_{0};
    mutable std::mutex mutex_;
    std::set<botcore::stream_id> held_up_;
    moment notify_at_{};  ///< When to notify listeners of the streams that are held up.
    std::optional<cluster_notifier> notifier_{};
    std::once_flag is_started_;
    std::jthread thread_;
};

}  // namespace botapi::sql
