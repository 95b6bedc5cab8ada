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

/// Moves what SQLite's write-ahead log holds into the database, on a thread of its own. SQLite
/// would do that within the commit that made the log too long, and keep its client waiting
/// meanwhile.
///
/// Thread safety: any number of threads at once.
class checkpointer {
public:
    /// Pages of 2 KiB in the log that are moved together: 64 MiB. A message touches several pages
    /// at random places of the indexes; in a long log many of them occur more than once, and are
    /// moved only once.
    static constexpr int pages_max = 32'000;

    /// `file` is the database, and `writers` lets in who writes to it from here. It must outlive
    /// the checkpointer.
    checkpointer(std::string file, fifo_gate& writers);

    /// Looks at the log after each commit of a connection, from now on, and has the log's index
    /// hold all of it from the start. The checkpointer must outlive the connection.
    void watch(soci::session& connection);

    /// The log has so many pages.
    void log_has(int pages);

    /// Whether the disk once failed to keep what was moved. Then nothing is moved any more.
    [[nodiscard]] bool has_failed_to_sync() const noexcept { return has_failed_to_sync_; }

private:
    void run(const std::stop_token& end);

    std::string file_;
    fifo_gate& writers_;
    std::mutex mutex_;
    std::condition_variable_any has_grown_;
    bool is_wanted_ = false;
    std::atomic<bool> has_failed_to_sync_{false};
    std::jthread thread_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::sql
