#pragma once

#include "adapters/soci/driver/sqlite/sqlite_handle.hpp"

#include <array>
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

/// Detects that somebody removed, renamed or replaced the files of an open SQLite database. SQLite
/// does not detect it: it continues to write to the open files, and nobody will find that data
/// again.
///
/// The files are the database, its write-ahead log, and the log's index. The watch keeps a
/// connection open, so that SQLite does not remove the log and its index.
///
/// Thread safety: any number of threads at once.
class file_watch {
public:
    /// Watches `database`, a file in WAL mode. Calls `on_change` on any thread within half a second
    /// after the files disappear or return.
    file_watch(const std::string& database, std::function<void(bool are_in_place)> on_change);
    ~file_watch() = default;

    file_watch(const file_watch&) = delete;
    file_watch& operator=(const file_watch&) = delete;

    /// Whether the files are where they were now. Costs one system call while nothing happens in
    /// their folder.
    [[nodiscard]] bool are_in_place();

private:
    /// Notices of the kernel that a name in a folder was removed, renamed or added (inotify).
    class folder_notices {
    public:
        /// Without notices if the system allows no more of them.
        explicit folder_notices(const std::string& folder);
        ~folder_notices();

        folder_notices(const folder_notices&) = delete;
        folder_notices& operator=(const folder_notices&) = delete;

        /// Whether anything may have happened since the last call.
        [[nodiscard]] bool take() noexcept;

    private:
        int descriptor_;
    };

    /// The identity of a file, independent of its name: device and inode.
    using identity = std::pair<dev_t, ino_t>;

    static std::optional<identity> identity_of(const std::string& path);

    void look();
    void run(const std::stop_token& end);

    std::array<std::string, 3> paths_;
    std::array<std::optional<identity>, 3> opened_{};  ///< Nothing: the file can't be watched.
    std::function<void(bool)> on_change_;
    folder_notices notices_;
    sqlite_handle keeper_;
    std::mutex mutex_;  ///< Guards all of this, and keeps the calls of `on_change_` in order.
    std::condition_variable_any ending_;
    bool are_in_place_ = true;
    std::jthread thread_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::sql
