#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace botcore {

/// The state that an entity must have for a change to happen (RFC 9110 section 13.1).
struct precondition {
    std::optional<std::vector<std::uint64_t>> any_of{};  ///< Its version must be one of these.
    std::vector<std::uint64_t> none_of{};                ///< Its version must be none of these.

    [[nodiscard]] bool holds_for(std::uint64_t version) const noexcept;
};

}  // namespace botcore
