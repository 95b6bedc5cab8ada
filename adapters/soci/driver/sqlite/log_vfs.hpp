#pragma once

namespace botapi::sql {

/// Makes SQLite write a transaction's part of the write-ahead log in few large pieces. SQLite
/// itself makes two system calls for each page, and a batch of messages changes hundreds of pages.
///
/// This is a VFS (https://www.sqlite.org/vfs.html) on top of SQLite's own, to which it forwards. It
/// becomes the process's default, since SOCI opens no other, and leaves all files but write-ahead
/// logs alone.
///
/// Nothing that was committed stays in the buffer, however SQLite syncs: the last frame of a
/// transaction is written at once, with all before it. The buffer is also written before the log is
/// read or synced. If that write fails, the call that caused it fails.
///
/// Any number of threads may call this, any number of times. Without memory for the buffer, writes
/// pass through unchanged.
void use_log_vfs() noexcept;

}  // namespace botapi::sql
