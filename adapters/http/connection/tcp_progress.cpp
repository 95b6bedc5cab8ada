#include "adapters/http/connection/tcp_progress.hpp"

// Not <netinet/tcp.h>, which is older and lacks the field. The two can't be included together, so
// this file is compiled alone.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace botapi::http {

std::uint64_t acknowledged_bytes(int descriptor) noexcept
{
    tcp_info told{};
    socklen_t size = sizeof told;
    const int fault = ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &told, &size);
    return fault == 0 ? told.tcpi_bytes_acked : 0;
}

}  // namespace botapi::http
