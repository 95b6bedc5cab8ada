#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// How large a request may be.
std::vector<setting> request_limit_settings();

/// How much clients may ask at once, or in a while.
std::vector<setting> client_limit_settings();

/// What clients may cost in time.
std::vector<setting> time_settings();

}  // namespace botapi::app
