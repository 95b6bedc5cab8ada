#include "adapters/system/random_bytes.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace botcore::system {

void fill_randomly(std::span<std::byte> bytes)
{
    while (!bytes.empty()) {
        const auto count = ::getrandom(bytes.data(), bytes.size(), 0);
        if (count >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            throw std::system_error{errno, std::system_category(), "getrandom"};
    }
}

}  // namespace botcore::system
