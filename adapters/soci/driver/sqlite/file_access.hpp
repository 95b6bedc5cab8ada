#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace botapi::sql {

/// What a command does with a SQLite file.
enum class file_use : std::uint8_t {
    read,
    write,
    create,  ///< Write it, and make it if it does not exist.
};

/// How a SQLite file that is only read can be opened.
enum class read_access : std::uint8_t {
    /// The file and its folder can be written, so it is opened as by a server.
    usual,
    /// A server may use the file: its shared memory is there.
    shared,
    /// A copy that nothing writes to, with a write-ahead log. Locks and shared memory can't be
    /// made.
    copy_with_log,
    /// A copy that nothing writes to, without a write-ahead log.
    copy,
};

/// The path from the root.
std::string absolute_path(const std::string& file);

/// Why this process can't use the file, and what helps: sentences for the operator. Nothing if
/// nothing is in the way. Looks at the folders, at the file, and at the files `-wal` and `-shm`
/// beside it.
std::optional<std::string> fault_of_file(const std::string& file, file_use use);

/// Identifies a file, however it is named: its number, and when it was made. A copy of it, such as
/// a restored backup, is another file. Empty if the file system does not say it.
std::string birth_of_file(const std::string& file);

/// How to open an existing file in order to read it.
read_access read_access_to(const std::string& file);

}  // namespace botapi::sql
