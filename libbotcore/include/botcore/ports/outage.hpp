#pragma once

#include <botcore/ports/deadline.hpp>

#include <optional>

namespace botcore {

/// A time in which a storage could not be reached, or took no writes.
struct outage {
    deadline began{};
    std::optional<deadline> ended{};  ///< Nothing while it lasts.

    friend bool operator==(const outage&, const outage&) = default;
};

}  // namespace botcore
