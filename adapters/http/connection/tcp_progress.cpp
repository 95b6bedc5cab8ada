#include "adapters/http/connection/tcp_progress.hpp"

// Not <netinet/tcp.h>, which is older and lacks the field. The two can't be included together, so
// this file is compiled alone.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace botapi::http {

namespace {

/// What the system knows about a connection; all zero if it can't tell.
tcp_info query(int descriptor) noexcept
{
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

}  // namespace

std::uint64_t acknowledged_bytes(int descriptor) noexcept
{
    return query(descriptor).tcpi_bytes_acked;
}

bool has_closed(int descriptor) noexcept
{
    // The kernel's numbers, which <linux/tcp.h> does not name.
    constexpr unsigned closed = 7;
    constexpr unsigned close_wait = 8;
    const unsigned state = query(descriptor).tcpi_state;
    return state == closed || state == close_wait;
}

}  // namespace botapi::http
