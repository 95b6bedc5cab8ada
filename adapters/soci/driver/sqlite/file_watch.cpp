#include "adapters/soci/driver/sqlite/file_watch.hpp"

#include <chrono>
#include <cstddef>
#include <sys/stat.h>

namespace botapi::sql {

namespace {

constexpr std::chrono::milliseconds time_between_looks{500};

/// Opens a connection and reads, so that SQLite opens the log and its index. Nothing if the file
/// can't be opened; a session then reports the reason.
sqlite_handle open_keeper(const std::string& database)
{
    auto opened = open_existing(database);
    if (opened) {
        constexpr const char* look = "SELECT 1 FROM sqlite_schema LIMIT 1";
        sqlite_api::sqlite3_exec(opened.get(), look, nullptr, nullptr, nullptr);
    }
    return opened;
}

}  // namespace

file_watch::file_watch(const std::string& database, std::function<void(bool)> on_change)
    : paths_{database, database + "-wal", database + "-shm"},
      on_change_{std::move(on_change)},
      keeper_{open_keeper(database)}
{
    for (std::size_t file = 0; file < paths_.size(); ++file)
        opened_[file] = identity_of(paths_[file]);
    thread_ = std::jthread{[this](const std::stop_token& end) { run(end); }};
}

std::optional<file_watch::identity> file_watch::identity_of(const std::string& path)
{
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
        return std::nullopt;
    return identity{found.st_dev, found.st_ino};
}

bool file_watch::are_in_place()
{
    bool are_there = true;
    for (std::size_t file = 0; are_there && file < paths_.size(); ++file)
        are_there = opened_[file] ? identity_of(paths_[file]) == opened_[file] : file != 0;
    if (are_there == were_in_place_)
        return are_there;
    const std::lock_guard lock{mutex_};
    if (were_in_place_.exchange(are_there) != are_there)
        on_change_(are_there);
    return are_there;
}

void file_watch::run(const std::stop_token& end)
{
    std::mutex unused;
    std::unique_lock lock{unused};
    while (!ending_.wait_for(lock, end, time_between_looks, [&] { return end.stop_requested(); }))
        static_cast<void>(are_in_place());
}

}  // namespace botapi::sql
