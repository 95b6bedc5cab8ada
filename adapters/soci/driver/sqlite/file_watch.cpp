#include "adapters/soci/driver/sqlite/file_watch.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

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

std::string folder_of(const std::string& database)
{
    const auto folder = std::filesystem::path{database}.parent_path();
    return folder.empty() ? "." : folder.string();
}

}  // namespace

file_watch::folder_notices::folder_notices(const std::string& folder)
    : descriptor_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)}
{
    constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVE | IN_DELETE_SELF |
                                      IN_MOVE_SELF | IN_UNMOUNT;
    if (descriptor_ >= 0 && ::inotify_add_watch(descriptor_, folder.c_str(), changes) < 0) {
        ::close(descriptor_);
        descriptor_ = -1;
    }
}

file_watch::folder_notices::~folder_notices()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

bool file_watch::folder_notices::take() noexcept
{
    if (descriptor_ < 0)
        return true;
    std::array<char, 4'096> notices;
    return ::read(descriptor_, notices.data(), notices.size()) >= 0 || errno != EAGAIN;
}

file_watch::file_watch(const std::string& database, std::function<void(bool)> on_change)
    : paths_{database, database + "-wal", database + "-shm"},
      on_change_{std::move(on_change)},
      notices_{folder_of(database)},
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
    const std::lock_guard lock{mutex_};
    if (notices_.take())
        look();
    return are_in_place_;
}

void file_watch::look()
{
    bool are_there = true;
    for (std::size_t file = 0; are_there && file < paths_.size(); ++file)
        are_there = opened_[file] ? identity_of(paths_[file]) == opened_[file] : file != 0;
    if (std::exchange(are_in_place_, are_there) != are_there)
        on_change_(are_there);
}

// The kernel gives no notice of some changes: of the folder above, or on another machine.
void file_watch::run(const std::stop_token& end)
{
    std::unique_lock lock{mutex_};
    while (!ending_.wait_for(lock, end, time_between_looks, [&] { return end.stop_requested(); }))
        look();
}

}  // namespace botapi::sql
