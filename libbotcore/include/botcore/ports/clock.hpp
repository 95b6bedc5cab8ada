#pragma once

#include <botcore/domain/timestamp.hpp>
#include <botcore/ports/deadline.hpp>

namespace botcore {

/// Tells the time. The core has no other source of it.
///
/// Thread safety: any number of threads may call at once.
class clock {
public:
    virtual ~clock() = default;

    /// The wall-clock time, in UTC. It may be stepped, also backwards.
    [[nodiscard]] virtual instant now() const = 0;

    /// The monotonic time, with which deadlines are compared.
    [[nodiscard]] virtual deadline steady_now() const = 0;
};

}  // namespace botcore
