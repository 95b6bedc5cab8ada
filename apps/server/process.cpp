#include "apps/server/process.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace botapi::app {

void keep_standard_files() noexcept
{
    // The lowest free number is taken, so the loop ends with the first that is none of the three.
    int opened = ::open("/dev/null", O_RDWR);
    while (opened >= STDIN_FILENO && opened <= STDERR_FILENO)
        opened = ::open("/dev/null", O_RDWR);
    if (opened >= 0)
        ::close(opened);
}

void ignore_broken_pipes() noexcept
{
    std::signal(SIGPIPE, SIG_IGN);
}

std::uint64_t raise_file_limit() noexcept
{
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur;
}

}  // namespace botapi::app
