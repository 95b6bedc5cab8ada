#pragma once

#include "adapters/soci/driver/database_url.hpp"
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

/// Lets listeners know of streams that have grown: in this process, and on PostgreSQL in all that
/// listen to the same database. From the first listener on that takes a thread and a connection.
///
/// Thread safety: any number of threads may call at once.
class stream_signals {
public:
    /// `log` must outlive the signals.
    stream_signals(const database_url& url, botcore::log& log);

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(
        botcore::stream_store::listener on_change
    );

    /// An append has ended, one way or another, and has added to these streams, if to any.
    void append_ended(std::span<const botcore::stream_id> grown);

    /// How many appends have ended.
    [[nodiscard]] std::uint64_t appends_ended() const noexcept { return appends_ended_; }

    /// A read that began after `appends_ended` appends could not give all there is of these
    /// streams, since others were not ready. They are heard of when the next append ends, and
    /// anyway a moment later.
    void held_up(std::span<const botcore::stream_id> streams, std::uint64_t appends_ended);

private:
    using moment = std::chrono::steady_clock::time_point;

    void notify(std::span<const botcore::stream_id> grown);
    void tell_held_up();
    std::set<botcore::stream_id> take_held_up();
    [[nodiscard]] moment next_look() const;
    void run(const std::stop_token& end);

    botcore::stream_listeners listeners_;
    std::atomic<std::uint64_t> appends_ended_{0};
    mutable std::mutex mutex_;
    std::set<botcore::stream_id> held_up_;
    moment look_at_{};  ///< When to tell of what is held up.
    std::optional<cluster_notifier> notifier_{};
    std::once_flag is_started_;
    std::jthread thread_;
};

}  // namespace botapi::sql
