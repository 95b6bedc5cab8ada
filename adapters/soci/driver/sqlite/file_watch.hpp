#pragma once

#include "adapters/soci/driver/sqlite/sqlite_handle.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <thread>
#include <utility>

namespace botapi::sql {

/// Notices that the files of an open SQLite database are not where they were: somebody removed or
/// renamed them, or put others in their place. SQLite itself goes on writing to files that nobody
/// will find again.
///
/// The files are the database, its write-ahead log, and the log's index. The watch keeps a
/// connection of its own, so that SQLite does not remove the last two while it exists.
///
/// Thread safety: any number of threads at once.
class file_watch {
public:
    /// Watches `database`, which must be a file in the mode WAL. Calls `on_change` when the files
    /// leave or return, on any thread, within half a second.
    file_watch(std::string database, std::function<void(bool are_in_place)> on_change);
    ~file_watch() = default;

    file_watch(const file_watch&) = delete;
    file_watch& operator=(const file_watch&) = delete;

    /// Looks at the files now. Costs a system call for each.
    [[nodiscard]] bool are_in_place();

private:
    /// A file as the system knows it, whatever its name: device and inode.
    using identity = std::pair<dev_t, ino_t>;

    static std::optional<identity> identity_of(const std::string& path);

    void run(const std::stop_token& end);

    std::array<std::string, 3> paths_;
    std::array<std::optional<identity>, 3> opened_{};  ///< Nothing: the file can't be watched.
    std::function<void(bool)> on_change_;
    sqlite_handle keeper_;
    std::mutex mutex_;  ///< Of reports, so that they come in the order of the changes.
    std::condition_variable_any ending_;
    std::atomic<bool> were_in_place_{true};
    std::jthread thread_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::sql
