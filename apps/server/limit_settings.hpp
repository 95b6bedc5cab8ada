#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// How much, and how often.
std::vector<setting> limit_settings();

/// How long.
std::vector<setting> time_settings();

}  // namespace botapi::app
