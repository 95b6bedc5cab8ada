#pragma once

namespace botapi::sql {

/// Buffers SQLite's write-ahead log, so that a transaction is written in a few large pieces. SQLite
/// itself makes two system calls for each page, and a batch of messages changes hundreds of pages.
///
/// This is a VFS (https://www.sqlite.org/vfs.html) that forwards to SQLite's own. It becomes the
/// default VFS of the process, because SOCI uses only the default. It changes nothing for files
/// other than write-ahead logs.
///
/// The buffer never keeps committed data: the last frame of a transaction is written at once,
/// together with all frames before it. The buffer is also written before the log is read or synced.
/// If that write fails, the call that caused it fails.
///
/// Any number of threads may call this, any number of times. Without memory for the buffer, writes
/// pass through unchanged.
void use_log_vfs() noexcept;

}  // namespace botapi::sql
