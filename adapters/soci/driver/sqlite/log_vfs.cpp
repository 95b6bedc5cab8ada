#include "adapters/soci/driver/sqlite/log_vfs.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace botapi::sql {

namespace {

using sqlite_api::sqlite3_file;
using sqlite_api::sqlite3_int64;
using sqlite_api::sqlite3_io_methods;
using sqlite_api::sqlite3_vfs;

/// How much of a log is kept back, at most: no more than the largest page, which any VFS takes. The
/// usual one refuses 128 KiB.
constexpr std::size_t kept_max = 65'536;

/// A frame is such a header and a page. Its second word is zero, but in the last one of a
/// transaction (https://www.sqlite.org/fileformat2.html, section 4.1).
constexpr std::size_t frame_header_size = 24;

/// An open write-ahead log. SQLite owns the memory; the usual VFS's file follows in it.
struct log_file : sqlite3_file {
    using buffer = std::array<char, kept_max>;

    std::unique_ptr<buffer> kept{};  ///< As of the first write. None without memory.
    std::size_t size = 0;            ///< Of what is kept back.
    sqlite3_int64 begin = 0;         ///< Where that belongs in the file.
    bool is_ending = false;          ///< The frame that ends a transaction is written.
};

log_file& log_of(sqlite3_file* file)
{
    return *static_cast<log_file*>(file);
}

sqlite3_file* usual(sqlite3_file* file)
{
    return reinterpret_cast<sqlite3_file*>(&log_of(file) + 1);  // NOLINT: see log_file.
}

sqlite3_vfs* usual(const sqlite3_vfs* ours)
{
    return static_cast<sqlite3_vfs*>(ours->pAppData);
}

/// Leaves a method to the usual VFS, or to its file.
template <auto Method>
struct left_to_usual;

template <class Answer, class... Given, Answer (*sqlite3_vfs::*Method)(sqlite3_vfs*, Given...)>
struct left_to_usual<Method> {
    static Answer call(sqlite3_vfs* ours, Given... given)
    {
        return (usual(ours)->*Method)(usual(ours), given...);
    }
};

template <class... Given, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Given...)>
struct left_to_usual<Method> {
    static int call(sqlite3_file* file, Given... given)
    {
        return (usual(file)->pMethods->*Method)(usual(file), given...);
    }
};

/// What fails is not tried again: SQLite begins at the same place anew.
int write_kept(sqlite3_file* file)
{
    auto& log = log_of(file);
    if (log.size == 0)
        return SQLITE_OK;
    const auto size = static_cast<int>(std::exchange(log.size, 0));
    return usual(file)->pMethods->xWrite(usual(file), log.kept->data(), size, log.begin);
}

/// As `left_to_usual`, with nothing kept back.
template <auto Method>
struct left_when_written;

template <class... Given, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Given...)>
struct left_when_written<Method> {
    static int call(sqlite3_file* file, Given... given)
    {
        const int fault = write_kept(file);
        return fault != SQLITE_OK ? fault : left_to_usual<Method>::call(file, given...);
    }
};

/// Whether this is the header of a frame: whether its transaction ends with it.
std::optional<bool> ends_transaction(std::string_view data)
{
    if (data.size() != frame_header_size)
        return std::nullopt;
    constexpr std::string_view goes_on{"\0\0\0\0", 4};
    return data.substr(4, 4) != goes_on;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at)
{
    auto& log = log_of(file);
    const std::string_view given{static_cast<const char*>(data), static_cast<std::size_t>(size)};
    log.is_ending = ends_transaction(given).value_or(log.is_ending);
    const bool follows = at == log.begin + static_cast<sqlite3_int64>(log.size);
    if (!follows || log.size + given.size() > kept_max) {
        if (const int fault = write_kept(file); fault != SQLITE_OK)
            return fault;
    }
    if (!log.kept)
        log.kept.reset(new (std::nothrow) log_file::buffer);
    if (!log.kept || given.size() > kept_max)
        return left_to_usual<&sqlite3_io_methods::xWrite>::call(file, data, size, at);
    if (log.size == 0)
        log.begin = at;
    std::memcpy(log.kept->data() + log.size, given.data(), given.size());
    log.size += given.size();
    return log.is_ending ? write_kept(file) : SQLITE_OK;
}

int close(sqlite3_file* file)
{
    const int fault = write_kept(file);
    const int closed = left_to_usual<&sqlite3_io_methods::xClose>::call(file);
    log_of(file).~log_file();
    return fault != SQLITE_OK ? fault : closed;
}

sqlite3_io_methods methods_of_log()
{
    using io = sqlite3_io_methods;
    sqlite3_io_methods made{};
    made.iVersion = 1;  // What came later is for databases only.
    made.xClose = close;
    made.xRead = left_when_written<&io::xRead>::call;
    made.xWrite = write;
    made.xTruncate = left_when_written<&io::xTruncate>::call;
    made.xSync = left_when_written<&io::xSync>::call;
    made.xFileSize = left_when_written<&io::xFileSize>::call;
    made.xLock = left_to_usual<&io::xLock>::call;
    made.xUnlock = left_to_usual<&io::xUnlock>::call;
    made.xCheckReservedLock = left_to_usual<&io::xCheckReservedLock>::call;
    made.xFileControl = left_to_usual<&io::xFileControl>::call;
    made.xSectorSize = left_to_usual<&io::xSectorSize>::call;
    made.xDeviceCharacteristics = left_to_usual<&io::xDeviceCharacteristics>::call;
    return made;
}

int open(sqlite3_vfs* ours, const char* name, sqlite3_file* file, int flags, int* got)
{
    const bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (!is_log)
        return usual(ours)->xOpen(usual(ours), name, file, flags, got);
    static const auto methods = methods_of_log();
    new (file) log_file{};
    const int fault = usual(ours)->xOpen(usual(ours), name, usual(file), flags, got);
    // SQLite closes what has methods, also what was not opened.
    file->pMethods = usual(file)->pMethods != nullptr ? &methods : nullptr;
    return fault;
}

sqlite3_vfs before(sqlite3_vfs& usual)
{
    using vfs = sqlite3_vfs;
    sqlite3_vfs made{};
    made.iVersion = 2;
    made.szOsFile = static_cast<int>(sizeof(log_file)) + usual.szOsFile;
    made.mxPathname = usual.mxPathname;
    made.zName = "botapi_log";
    made.pAppData = &usual;
    made.xOpen = open;
    made.xDelete = left_to_usual<&vfs::xDelete>::call;
    made.xAccess = left_to_usual<&vfs::xAccess>::call;
    made.xFullPathname = left_to_usual<&vfs::xFullPathname>::call;
    made.xDlOpen = left_to_usual<&vfs::xDlOpen>::call;
    made.xDlError = left_to_usual<&vfs::xDlError>::call;
    made.xDlSym = left_to_usual<&vfs::xDlSym>::call;
    made.xDlClose = left_to_usual<&vfs::xDlClose>::call;
    made.xRandomness = left_to_usual<&vfs::xRandomness>::call;
    made.xSleep = left_to_usual<&vfs::xSleep>::call;
    made.xCurrentTime = left_to_usual<&vfs::xCurrentTime>::call;
    made.xGetLastError = left_to_usual<&vfs::xGetLastError>::call;
    made.xCurrentTimeInt64 = left_to_usual<&vfs::xCurrentTimeInt64>::call;
    return made;
}

}  // namespace

void use_log_vfs() noexcept
{
    static const bool is_done = [] {
        auto* const usual = sqlite_api::sqlite3_vfs_find(nullptr);
        if (usual == nullptr)
            return false;
        static sqlite3_vfs ours = before(*usual);
        return sqlite_api::sqlite3_vfs_register(&ours, 1) == SQLITE_OK;
    }();
    static_cast<void>(is_done);
}

}  // namespace botapi::sql
