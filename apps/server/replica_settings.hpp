#pragma once

#include "apps/server/setting.hpp"

#include <vector>

namespace botapi::app {

/// Settings of read replicas.
std::vector<setting> replica_settings();

}  // namespace botapi::app
