#pragma once

namespace botapi::sql {

/// Lets SQLite write what a transaction adds to its write-ahead log in few large pieces. By itself
/// it makes two system calls for each page, and a batch of messages changes hundreds of pages.
///
/// This is a VFS (https://www.sqlite.org/vfs.html) before the usual one, which does the work. It
/// becomes the process's default, since SOCI opens no other, and leaves all files but write-ahead
/// logs alone.
///
/// Nothing that was committed is kept back, however SQLite syncs: the frame that ends a transaction
/// is written at once, with all before it. Nor is anything when the log is read or synced. What
/// fails to be written fails that call.
///
/// Any number of threads may call this, any number of times. Without memory nothing changes.
void use_log_vfs() noexcept;

}  // namespace botapi::sql
