#include <botcore/system/system_clock.hpp>

#include <chrono>

namespace botcore::system {

instant system_clock::now() const
{
    return std::chrono::time_point_cast<instant::duration>(std::chrono::system_clock::now());
}

deadline system_clock::steady_now() const
{
    return deadline::clock::now();
}

}  // namespace botcore::system
