#include "adapters/system/random_bytes.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace botcore::system {

void fill_randomly(std::span<std::byte> place)
{
    while (!place.empty()) {
        const auto count = ::getrandom(place.data(), place.size(), 0);
        if (count >= 0)
            place = place.subspan(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            throw std::system_error{errno, std::system_category(), "getrandom"};
    }
}

}  // namespace botcore::system
