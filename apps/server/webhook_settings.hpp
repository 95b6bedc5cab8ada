#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// Settings of webhooks.
std::vector<setting> webhook_settings();

}  // namespace botapi::app
