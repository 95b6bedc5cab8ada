#pragma once

#include <botcore/ports/clock.hpp>

namespace botcore::system {

/// The host's wall clock. It may be stepped, so it may go backwards.
class system_clock final : public clock {
public:
    [[nodiscard]] instant now() const override;
};

}  // namespace botcore::system
