#include "adapters/soci/driver/postgresql/watched_socket.hpp"

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/watchdog.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace botapi::sql {

watched_socket::watched_socket(watchdog& guard, int socket)
    : guard_{guard}, descriptor_{::fcntl(socket, F_DUPFD_CLOEXEC, 0)}
{
    if (descriptor_ < 0)
        throw unreachable{std::generic_category().message(errno)};
}

watched_socket::~watched_socket()
{
    mark_idle();
    ::close(descriptor_);
}

void watched_socket::expect_by(botcore::deadline until)
{
    guard_.guard(descriptor_, until);
}

void watched_socket::mark_idle() noexcept
{
    guard_.release(descriptor_);
}

}  // namespace botapi::sql
