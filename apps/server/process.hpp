#pragma once

#include <cstdint>

namespace botapi::app {

/// Opens standard input, output and error on `/dev/null` if they are closed. Otherwise a socket
/// could become standard error, and would receive the log.
void keep_standard_files() noexcept;

/// Makes a write to a closed connection fail, instead of ending the program.
void ignore_broken_pipes() noexcept;

/// Raises the soft limit of open files to the hard limit, and returns the new limit.
std::uint64_t raise_file_limit() noexcept;

}  // namespace botapi::app
