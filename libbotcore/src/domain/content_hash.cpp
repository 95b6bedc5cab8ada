#include "big_endian.hpp"

#include <botcore/domain/idempotency.hpp>

namespace botcore {

content_hash& content_hash::add(std::string_view part) noexcept
{
    add(static_cast<std::uint64_t>(part.size()));
    hash_.add(part);
    return *this;
}

content_hash& content_hash::add(const uuid& part) noexcept
{
    hash_.add(part.bytes());
    return *this;
}

content_hash& content_hash::add(std::uint64_t part) noexcept
{
    hash_.add(big_endian<8>(part));
    return *this;
}

}  // namespace botcore
