#include "adapters/http/connection/tcp_progress.hpp"

// Not <netinet/tcp.h>, which is older and lacks the field. The two can't be included together, so
// this file is compiled alone.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace botapi::http {

namespace {

/// What the system knows of a connection; all zero if that can't be told.
tcp_info ask(int descriptor) noexcept
{
    tcp_info told{};
    socklen_t size = sizeof told;
    ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &told, &size);
    return told;
}

}  // namespace

std::uint64_t acknowledged_bytes(int descriptor) noexcept
{
    return ask(descriptor).tcpi_bytes_acked;
}

bool has_closed(int descriptor) noexcept
{
    // The kernel's numbers, which <linux/tcp.h> does not name.
    constexpr unsigned closed = 7;
    constexpr unsigned close_wait = 8;
    const unsigned state = ask(descriptor).tcpi_state;
    return state == closed || state == close_wait;
}

}  // namespace botapi::http
