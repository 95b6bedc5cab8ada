#pragma once

#include "adapters/soci/driver/sqlite/fifo_gate.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace soci {
class session;
}

namespace botapi::sql {

/// Moves SQLite's write-ahead log into the database, on a thread of its own. SQLite itself would do
/// that within the commit that made the log too long, while that commit's client waits.
///
/// Thread safety: any number of threads at once.
class checkpointer {
public:
    /// The log's length in pages of 2 KiB at which it is moved: 64 MiB. A message touches several
    /// pages all over the indexes; in a long log many of them occur more than once, and are moved
    /// only once.
    static constexpr int pages_max = 32'000;

    /// `file` is the database. `writers` admits this process's writers, and must outlive the
    /// checkpointer.
    checkpointer(std::string file, fifo_gate& writers);

    /// Checks the log's length after each commit of a connection, and reserves the log's index. The
    /// checkpointer must outlive the connection.
    void watch(soci::session& connection);

    /// Called after a commit, with the log's length.
    void log_has_grown_to(int pages);

    /// Whether an fsync has failed. Then no log is moved any more.
    [[nodiscard]] bool has_failed_to_sync() const noexcept { return has_failed_to_sync_; }

private:
    void run(const std::stop_token& end);

    std::string file_;
    fifo_gate& writers_;
    std::mutex mutex_;
    std::condition_variable_any has_grown_;
    bool is_due_ = false;
    std::atomic<bool> has_failed_to_sync_{false};
    std::jthread thread_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::sql
