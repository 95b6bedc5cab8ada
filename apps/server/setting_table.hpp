#pragma once

#include "apps/server/command.hpp"
#include "apps/server/setting.hpp"

#include <string_view>
#include <vector>

namespace botapi::app {

/// Every setting, in the order of the help.
const std::vector<setting>& all_settings();

/// Null if no setting has this name.
const setting* find_setting(std::string_view name) noexcept;

/// Whether `command` uses `setting`.
bool is_used_by(const setting& setting, command command) noexcept;

}  // namespace botapi::app
