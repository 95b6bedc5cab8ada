#include "adapters/soci/driver/sqlite/checkpointer.hpp"

#include "adapters/soci/driver/connections.hpp"
#include "adapters/soci/driver/sqlite/sqlite_handle.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <utility>

namespace botapi::sql {

namespace {

/// How long a reader may delay a checkpoint, and with it the writers that wait.
constexpr int patience_ms = 100;

/// How long to wait for admission as a writer. Without it the log continues to grow.
constexpr std::chrono::seconds turn_max{1};

/// The pause between checkpoints while the log stays too long.
constexpr std::chrono::milliseconds time_between{50};

sqlite_handle open(const std::string& file)
{
    auto opened = open_existing(file);
    if (!opened)
        return opened;
    auto* const database = opened.get();
    sqlite_api::sqlite3_extended_result_codes(database, 1);
    sqlite_api::sqlite3_busy_timeout(database, patience_ms);
    sqlite_api::sqlite3_exec(database, "PRAGMA synchronous = FULL", nullptr, nullptr, nullptr);
    return opened;
}

sqlite_api::sqlite3_file* file_of(sqlite_api::sqlite3* database)
{
    sqlite_api::sqlite3_file* file = nullptr;
    sqlite_api::sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file;
}

extern "C" int report_log_size(void* watcher, sqlite_api::sqlite3*, const char*, int pages)
{
    static_cast<checkpointer*>(watcher)->log_has_grown_to(pages);
    return SQLITE_OK;
}

/// Extends the index of the log to its final size: enough for the longest log, and the same again
/// for what writers add during a checkpoint. Otherwise, on a full disk, a commit could fit into the
/// log but not into its index. The outcome of the commit would be unknown, and readers could not
/// use the index. If another connection writes now, or if the disk is full, a later connection
/// extends the index.
void reserve_index(sqlite_api::sqlite3* connection)
{
    // https://www.sqlite.org/walformat.html, section 2.
    constexpr int block_size = 32'768;
    constexpr int blocks = 2 * checkpointer::pages_max / 4'096 + 1;
    sqlite_api::sqlite3_busy_timeout(connection, 0);
    // Only the writer may extend the index.
    const int code =
        sqlite_api::sqlite3_exec(connection, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return;
    auto* const file = file_of(connection);
    bool has_room = true;
    for (int block = 0; has_room && block < blocks; ++block) {
        volatile void* mapped = nullptr;
        has_room = file->pMethods->xShmMap(file, block, block_size, 1, &mapped) == SQLITE_OK;
    }
    sqlite_api::sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
}

/// Makes one checkpoint. False if an fsync failed. After any other failure the pages stay in the
/// log, so nothing is lost, and the next commit starts another checkpoint.
bool run_checkpoint(sqlite_api::sqlite3* database, int mode)
{
    const int code =
        sqlite_api::sqlite3_wal_checkpoint_v2(database, nullptr, mode, nullptr, nullptr);
    return code != SQLITE_IOERR_FSYNC;
}

/// Moves the current log into the database while others write, and syncs the database. SQLite
/// itself would sync only after it has moved the last part of the log, while nobody may write.
bool checkpoint_beside_writers(sqlite_api::sqlite3* database)
{
    if (!run_checkpoint(database, SQLITE_CHECKPOINT_PASSIVE))
        return false;
    auto* const file = file_of(database);
    return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) == SQLITE_OK;
}

/// Moves the whole log in three passes. The writers continue during the first two; the second has
/// little left to move. The writers wait only during the third pass. The next writer restarts the
/// log.
///
/// For the third pass the checkpointer waits in the writers' queue. Otherwise SQLite would poll for
/// a moment without a writer, and the writers would poll, too.
bool checkpoint(sqlite_api::sqlite3* database, fifo_gate& writers)
{
    for (int pass = 0; pass < 2; ++pass) {
        if (!checkpoint_beside_writers(database))
            return false;
    }
    const auto turn = writers.enter(std::chrono::steady_clock::now() + turn_max);
    return !turn || run_checkpoint(database, SQLITE_CHECKPOINT_FULL);
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
    sqlite_api::sqlite3_wal_hook(sqlite_of(connection), &report_log_size, this);
    reserve_index(sqlite_of(connection));
}

void checkpointer::log_has_grown_to(int pages)
{
    if (pages < pages_max)
        return;
    {
        const std::lock_guard lock{mutex_};
        is_due_ = true;
    }
    has_grown_.notify_one();
}

void checkpointer::run(const std::stop_token& end)
{
    sqlite_handle database{nullptr, &sqlite_api::sqlite3_close};
    std::unique_lock lock{mutex_};
    while (has_grown_.wait(lock, end, [this] { return is_due_; }) && !end.stop_requested()) {
        lock.unlock();
        if (!database)
            database = open(file_);
        if (database && !has_failed_to_sync_ && !checkpoint(database.get(), writers_))
            has_failed_to_sync_ = true;
        lock.lock();
        has_grown_.wait_for(lock, end, time_between, [] { return false; });
        is_due_ = false;
    }
}

}  // namespace botapi::sql
