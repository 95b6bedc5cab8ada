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

/// The size of the buffer. It is the largest page size, which every VFS accepts in one write.
/// SQLite's own VFS refuses 128 KiB.
constexpr std::size_t buffer_max = 65'536;

/// A frame is a header of this size and a page. The second word of the header is zero, except in
/// the last frame of a transaction (https://www.sqlite.org/fileformat2.html, section 4.1).
constexpr std::size_t frame_header_size = 24;

/// An open write-ahead log. SQLite owns its memory. The file of the base VFS follows it in that
/// memory.
struct log_file : sqlite3_file {
    using buffer = std::array<char, buffer_max>;

    std::unique_ptr<buffer> buffered{};  ///< Made at the first write. Null without memory.
    std::size_t size = 0;                ///< The number of buffered bytes.
    sqlite3_int64 begin = 0;             ///< The file offset of the buffered bytes.
    bool is_ending = false;              ///< The last frame of a transaction is being written.
};

log_file& log_of(sqlite3_file* file)
{
    return *static_cast<log_file*>(file);
}

sqlite3_file* base(sqlite3_file* file)
{
    return reinterpret_cast<sqlite3_file*>(&log_of(file) + 1);  // NOLINT: see log_file.
}

sqlite3_vfs* base(const sqlite3_vfs* ours)
{
    return static_cast<sqlite3_vfs*>(ours->pAppData);
}

/// Forwards a method to the base VFS, or to its file.
template <auto Method>
struct forwarded;

template <
    class Result,
    class... Arguments,
    Result (*sqlite3_vfs::*Method)(sqlite3_vfs*, Arguments...)>
struct forwarded<Method> {
    static Result call(sqlite3_vfs* ours, Arguments... arguments)
    {
        return (base(ours)->*Method)(base(ours), arguments...);
    }
};

template <class... Arguments, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct forwarded<Method> {
    static int call(sqlite3_file* file, Arguments... arguments)
    {
        return (base(file)->pMethods->*Method)(base(file), arguments...);
    }
};

/// Writes the buffered bytes. A failed write is not repeated: SQLite starts again at the same
/// offset.
int flush(sqlite3_file* file)
{
    auto& log = log_of(file);
    if (log.size == 0)
        return SQLITE_OK;
    const auto size = static_cast<int>(std::exchange(log.size, 0));
    return base(file)->pMethods->xWrite(base(file), log.buffered->data(), size, log.begin);
}

/// Writes the buffered bytes, then does the same as `forwarded`.
template <auto Method>
struct forwarded_after_flush;

template <class... Arguments, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct forwarded_after_flush<Method> {
    static int call(sqlite3_file* file, Arguments... arguments)
    {
        const int code = flush(file);
        return code != SQLITE_OK ? code : forwarded<Method>::call(file, arguments...);
    }
};

/// Whether a frame is the last of its transaction, according to its header. Nothing if `data` is
/// not a header.
std::optional<bool> ends_transaction(std::string_view data)
{
    if (data.size() != frame_header_size)
        return std::nullopt;
    constexpr std::string_view continues{"\0\0\0\0", 4};
    return data.substr(4, 4) != continues;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at)
{
    auto& log = log_of(file);
    const std::string_view bytes{static_cast<const char*>(data), static_cast<std::size_t>(size)};
    log.is_ending = ends_transaction(bytes).value_or(log.is_ending);
    const bool follows = at == log.begin + static_cast<sqlite3_int64>(log.size);
    if (!follows || log.size + bytes.size() > buffer_max) {
        if (const int code = flush(file); code != SQLITE_OK)
            return code;
    }
    if (!log.buffered)
        log.buffered.reset(new (std::nothrow) log_file::buffer);
    if (!log.buffered || bytes.size() > buffer_max)
        return forwarded<&sqlite3_io_methods::xWrite>::call(file, data, size, at);
    if (log.size == 0)
        log.begin = at;
    std::memcpy(log.buffered->data() + log.size, bytes.data(), bytes.size());
    log.size += bytes.size();
    return log.is_ending ? flush(file) : SQLITE_OK;
}

int close(sqlite3_file* file)
{
    const int code = flush(file);
    const int close_code = forwarded<&sqlite3_io_methods::xClose>::call(file);
    log_of(file).~log_file();
    return code != SQLITE_OK ? code : close_code;
}

sqlite3_io_methods methods_of_log()
{
    using io = sqlite3_io_methods;
    sqlite3_io_methods methods{};
    methods.iVersion = 1;  // Later versions add methods for databases only.
    methods.xClose = close;
    methods.xRead = forwarded_after_flush<&io::xRead>::call;
    methods.xWrite = write;
    methods.xTruncate = forwarded_after_flush<&io::xTruncate>::call;
    methods.xSync = forwarded_after_flush<&io::xSync>::call;
    methods.xFileSize = forwarded_after_flush<&io::xFileSize>::call;
    methods.xLock = forwarded<&io::xLock>::call;
    methods.xUnlock = forwarded<&io::xUnlock>::call;
    methods.xCheckReservedLock = forwarded<&io::xCheckReservedLock>::call;
    methods.xFileControl = forwarded<&io::xFileControl>::call;
    methods.xSectorSize = forwarded<&io::xSectorSize>::call;
    methods.xDeviceCharacteristics = forwarded<&io::xDeviceCharacteristics>::call;
    return methods;
}

int open(sqlite3_vfs* ours, const char* name, sqlite3_file* file, int flags, int* actual_flags)
{
    const bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (!is_log)
        return base(ours)->xOpen(base(ours), name, file, flags, actual_flags);
    static const auto methods = methods_of_log();
    new (file) log_file{};
    const int code = base(ours)->xOpen(base(ours), name, base(file), flags, actual_flags);
    // SQLite closes a file that has methods, even if it was not opened.
    file->pMethods = base(file)->pMethods != nullptr ? &methods : nullptr;
    return code;
}

sqlite3_vfs vfs_on(sqlite3_vfs& base)
{
    using vfs = sqlite3_vfs;
    sqlite3_vfs ours{};
    ours.iVersion = 2;
    ours.szOsFile = static_cast<int>(sizeof(log_file)) + base.szOsFile;
    ours.mxPathname = base.mxPathname;
    ours.zName = "botapi_log";
    ours.pAppData = &base;
    ours.xOpen = open;
    ours.xDelete = forwarded<&vfs::xDelete>::call;
    ours.xAccess = forwarded<&vfs::xAccess>::call;
    ours.xFullPathname = forwarded<&vfs::xFullPathname>::call;
    ours.xDlOpen = forwarded<&vfs::xDlOpen>::call;
    ours.xDlError = forwarded<&vfs::xDlError>::call;
    ours.xDlSym = forwarded<&vfs::xDlSym>::call;
    ours.xDlClose = forwarded<&vfs::xDlClose>::call;
    ours.xRandomness = forwarded<&vfs::xRandomness>::call;
    ours.xSleep = forwarded<&vfs::xSleep>::call;
    ours.xCurrentTime = forwarded<&vfs::xCurrentTime>::call;
    ours.xGetLastError = forwarded<&vfs::xGetLastError>::call;
    ours.xCurrentTimeInt64 = forwarded<&vfs::xCurrentTimeInt64>::call;
    return ours;
}

}  // namespace

void use_log_vfs() noexcept
{
    static const bool is_registered = [] {
        auto* const base = sqlite_api::sqlite3_vfs_find(nullptr);
        if (base == nullptr)
            return false;
        static sqlite3_vfs ours = vfs_on(*base);
        return sqlite_api::sqlite3_vfs_register(&ours, 1) == SQLITE_OK;
    }();
    static_cast<void>(is_registered);
}

}  // namespace botapi::sql
