#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/engine/replication.hpp"

#include <botcore/ports/log.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace botapi::sql {

/// Looks at the primary and at each of its copies several times a second, each on a thread of its
/// own, so that a server that hangs delays no other look. Logs when a copy begins or ends to serve.
///
/// Thread safety: any number of threads may call at once.
class replication_watch {
public:
    /// Reports to `found` until it is destroyed. `log` and `found` must outlive it.
    replication_watch(
        const database_url& primary,
        const std::vector<database_url>& copies,
        replication& found,
        botcore::log& log
    );
    ~replication_watch();

    replication_watch(const replication_watch&) = delete;
    replication_watch& operator=(const replication_watch&) = delete;

    /// Looks at the copies as often as possible for a moment, because a read waits for one.
    void hurry();

private:
    /// Calls `look` until the watch ends. `is_copy`: whether `hurry` concerns it.
    void repeat(const std::stop_token& end, bool is_copy, const std::function<void()>& look);
    void watch_primary(const std::stop_token& end, const database_url& url);
    void watch_copy(const std::stop_token& end, const database_url& url, std::size_t number);

    replication& found_;
    botcore::log& log_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::atomic<botcore::deadline::rep> hurried_until_{0};
    std::vector<std::jthread> threads_;  ///< Last: they end before what they use.
};

}  // namespace botapi::sql
