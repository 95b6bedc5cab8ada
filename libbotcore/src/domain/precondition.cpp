#include <botcore/domain/precondition.hpp>

#include <algorithm>

namespace botcore {

bool precondition::holds_for(std::uint64_t version) const noexcept
{
    const auto is_version = [version](std::uint64_t one) { return one == version; };
    if (any_of && std::ranges::none_of(*any_of, is_version))
        return false;
    return std::ranges::none_of(none_of, is_version);
}

}  // namespace botcore
