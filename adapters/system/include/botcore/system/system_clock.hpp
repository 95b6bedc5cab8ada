#pragma once

#include <botcore/ports/clock.hpp>

namespace botcore::system {

/// The host's clocks.
class system_clock final : public clock {
public:
    [[nodiscard]] instant now() const override;
    [[nodiscard]] deadline steady_now() const override;
};

}  // namespace botcore::system
