#include "adapters/soci/checkpointer.hpp"

#include "adapters/soci/connections.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <utility>

namespace botapi::sql {

namespace {

using handle = std::unique_ptr<sqlite_api::sqlite3, decltype(&sqlite_api::sqlite3_close)>;

/// How long a reader may hold up a checkpoint, and with it those who wait to write.
constexpr int patience_ms = 100;

/// From a checkpoint to the next, should the log not get shorter.
constexpr std::chrono::milliseconds time_between{50};

handle open(const std::string& file)
{
    sqlite_api::sqlite3* made = nullptr;
    const int fault =
        sqlite_api::sqlite3_open_v2(file.c_str(), &made, SQLITE_OPEN_READWRITE, nullptr);
    handle opened{made, &sqlite_api::sqlite3_close};
    if (fault != SQLITE_OK)
        return {nullptr, &sqlite_api::sqlite3_close};
    sqlite_api::sqlite3_extended_result_codes(made, 1);
    sqlite_api::sqlite3_busy_timeout(made, patience_ms);
    sqlite_api::sqlite3_exec(made, "PRAGMA synchronous = FULL", nullptr, nullptr, nullptr);
    return opened;
}

extern "C" int tell(void* watcher, sqlite_api::sqlite3*, const char*, int pages)
{
    static_cast<checkpointer*>(watcher)->log_has(pages);
    return SQLITE_OK;
}

/// Twice while others write: what they add to the log during the first time is little the second
/// time. Only while the rest is moved they have to wait; then the next of them begins the log anew.
///
/// What fails is tried again after the next commit, and nothing is lost: it stays in the log. False
/// if the disk did not keep what was moved.
bool move(sqlite_api::sqlite3* database)
{
    for (const int mode :
         {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_FULL}) {
        const int code =
            sqlite_api::sqlite3_wal_checkpoint_v2(database, nullptr, mode, nullptr, nullptr);
        if (code == SQLITE_IOERR_FSYNC)
            return false;
    }
    return true;
}

}  // namespace

checkpointer::checkpointer(std::string file)
    : file_{std::move(file)}, thread_{[this](const std::stop_token& end) { run(end); }}
{
}

void checkpointer::watch(soci::session& connection)
{
    sqlite_api::sqlite3_wal_hook(sqlite_of(connection), &tell, this);
}

void checkpointer::log_has(int pages)
{
    if (pages < pages_max)
        return;
    {
        const std::lock_guard lock{mutex_};
        is_wanted_ = true;
    }
    has_grown_.notify_one();
}

void checkpointer::run(const std::stop_token& end)
{
    handle database{nullptr, &sqlite_api::sqlite3_close};
    std::unique_lock lock{mutex_};
    while (has_grown_.wait(lock, end, [this] { return is_wanted_; }) && !end.stop_requested()) {
        lock.unlock();
        if (!database)
            database = open(file_);
        if (database && !has_failed_to_sync_ && !move(database.get()))
            has_failed_to_sync_ = true;
        lock.lock();
        has_grown_.wait_for(lock, end, time_between, [] { return false; });
        is_wanted_ = false;
    }
}

}  // namespace botapi::sql
