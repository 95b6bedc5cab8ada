#pragma once

#include <botcore/domain/timestamp.hpp>
#include <botcore/ports/deadline.hpp>

namespace botcore {

/// The clock: the core's only source of time.
///
/// Thread safety: any number of threads may call at once.
class clock {
public:
    virtual ~clock() = default;

    /// The wall-clock time, in UTC. It can jump, also backwards.
    [[nodiscard]] virtual instant now() const = 0;

    /// The monotonic time, with which deadlines are compared.
    [[nodiscard]] virtual deadline steady_now() const = 0;
};

}  // namespace botcore
