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

/// Makes SQLite's checkpoints on a thread of its own: it moves the write-ahead log into the
/// database. SQLite itself would do that within the commit that makes the log too long, while the
/// client of that commit waits.
///
/// Thread safety: any number of threads at once.
class checkpointer {
public:
    /// The length of the log at which a checkpoint begins: in pages of 2 KiB, about 64 MiB. A
    /// message changes pages in all parts of the indexes. In a long log many pages occur more than
    /// once, and the checkpoint moves each only once.
    static constexpr int pages_max = 32'000;

    /// `file` is the database. `writers` admits this process's writers, and must outlive the
    /// checkpointer.
    checkpointer(std::string file, fifo_gate& writers);

    /// Checks the length of the log after each commit of a connection, and reserves space for the
    /// index of the log. The checkpointer must outlive the connection.
    void watch(soci::session& connection);

    /// Called after a commit, with the log's length.
    void log_has_grown_to(int pages);

    /// Whether an fsync has failed. After that there are no more checkpoints.
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
