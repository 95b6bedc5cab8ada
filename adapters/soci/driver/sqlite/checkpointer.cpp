#include "adapters/soci/driver/sqlite/checkpointer.hpp"

#include "adapters/soci/driver/connections.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <utility>

namespace botapi::sql {

namespace {

using handle = std::unique_ptr<sqlite_api::sqlite3, decltype(&sqlite_api::sqlite3_close)>;

/// How long a reader may hold up a checkpoint, and with it those who wait to write.
constexpr int patience_ms = 100;

/// How long to wait for a turn. Without one the log grows on.
constexpr std::chrono::seconds turn_max{1};

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

sqlite_api::sqlite3_file* file_of(sqlite_api::sqlite3* database)
{
    sqlite_api::sqlite3_file* file = nullptr;
    sqlite_api::sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file;
}

extern "C" int tell(void* watcher, sqlite_api::sqlite3*, const char*, int pages)
{
    static_cast<checkpointer*>(watcher)->log_has(pages);
    return SQLITE_OK;
}

/// Makes room in the index of a connection's log for all that the log is to hold, and as much again
/// for what is added while that is moved. Else a commit on a full disk could find room in the log,
/// and none in its index: then nobody knows what became of it, and the index is of no use to those
/// who read. Should somebody be writing now, or the disk be full, another connection may do it.
void reserve_index(sqlite_api::sqlite3* connection)
{
    // https://www.sqlite.org/walformat.html, section 2.
    constexpr int block_size = 32'768;
    constexpr int blocks = 2 * checkpointer::pages_max / 4'096 + 1;
    sqlite_api::sqlite3_busy_timeout(connection, 0);
    // Who makes the index longer has to be the one who may write.
    const int begun =
        sqlite_api::sqlite3_exec(connection, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (begun != SQLITE_OK)
        return;
    auto* const file = file_of(connection);
    bool has_room = true;
    for (int block = 0; has_room && block < blocks; ++block) {
        volatile void* mapped = nullptr;
        has_room = file->pMethods->xShmMap(file, block, block_size, 1, &mapped) == SQLITE_OK;
    }
    sqlite_api::sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
}

/// False if the disk did not keep what was moved. What fails otherwise is tried again after the
/// next commit, and nothing is lost: it stays in the log.
bool move_log(sqlite_api::sqlite3* database, int mode)
{
    const int code =
        sqlite_api::sqlite3_wal_checkpoint_v2(database, nullptr, mode, nullptr, nullptr);
    return code != SQLITE_IOERR_FSYNC;
}

/// Moves what is in the log by now, while others write, and has the disk keep it. SQLite leaves
/// that to whoever moves the last of the log, and that is while nobody may write.
bool move_beside_others(sqlite_api::sqlite3* database)
{
    if (!move_log(database, SQLITE_CHECKPOINT_PASSIVE))
        return false;
    auto* const file = file_of(database);
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) == SQLITE_OK;
}

/// Twice while others write: what they add to the log during the first time is little the second
/// time. Only while the rest is moved they have to wait; then the next of them begins the log anew.
///
/// It takes its turn among them. SQLite by itself would look for a moment in which nobody writes,
/// again and again, and so would they afterwards.
bool move(sqlite_api::sqlite3* database, fifo_gate& writers)
{
    for (int time = 0; time < 2; ++time) {
        if (!move_beside_others(database))
            return false;
    }
    const auto turn = writers.enter(std::chrono::steady_clock::now() + turn_max);
    return !turn || move_log(database, SQLITE_CHECKPOINT_FULL);
}

}  // namespace

checkpointer::checkpointer(std::string file, fifo_gate& writers)
    : file_{std::move(file)}, writers_{writers}, thread_{[this](const std::stop_token& end) {
          run(end);
      }}
{
}

void checkpointer::watch(soci::session& connection)
{
    sqlite_api::sqlite3_wal_hook(sqlite_of(connection), &tell, this);
    reserve_index(sqlite_of(connection));
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
        if (database && !has_failed_to_sync_ && !move(database.get(), writers_))
            has_failed_to_sync_ = true;
        lock.lock();
        has_grown_.wait_for(lock, end, time_between, [] { return false; });
        is_wanted_ = false;
    }
}

}  // namespace botapi::sql
