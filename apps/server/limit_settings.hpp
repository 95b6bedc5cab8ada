#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// Limits of one request.
std::vector<setting> request_limit_settings();

/// Limits of what clients may do at the same time, or per second.
std::vector<setting> client_limit_settings();

/// Timeouts and other times.
std::vector<setting> time_settings();

}  // namespace botapi::app
