#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// What clients may cost, in sizes and numbers.
std::vector<setting> limit_settings();

/// What clients may cost in time.
std::vector<setting> time_settings();

}  // namespace botapi::app
