#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// How messages are sent to webhooks.
std::vector<setting> webhook_settings();

}  // namespace botapi::app
