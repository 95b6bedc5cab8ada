#pragma once

#include <botcore/domain/timestamp.hpp>

namespace botcore {

/// Tells the wall-clock time, in UTC.
///
/// Thread safety: any number of threads may ask at once.
class clock {
public:
    virtual ~clock() = default;

    [[nodiscard]] virtual instant now() const = 0;
};

}  // namespace botcore
