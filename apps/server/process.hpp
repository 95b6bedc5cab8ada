#pragma once

#include <cstdint>

namespace botapi::app {

/// Opens standard input, output and error on `/dev/null` where they are closed, so that no socket
/// becomes standard error, and gets the log.
void keep_standard_files() noexcept;

/// Makes writing to somebody who is gone an error of that call, and not the end of the program.
void ignore_broken_pipes() noexcept;

/// Raises the number of files that may be open from what the system grants without being asked to
/// what it grants at all. Answers with that number.
std::uint64_t raise_file_limit() noexcept;

}  // namespace botapi::app
