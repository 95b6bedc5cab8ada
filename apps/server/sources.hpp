#pragma once

#include "apps/server/command.hpp"
#include "apps/server/config_file.hpp"
#include "apps/server/settings.hpp"

#include <botcore/result.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::app {

/// Looks up a variable, as `std::getenv` does.
using environment = std::function<const char*(const char*)>;

/// Where values may come from.
struct sources {
    /// What each flag was given, by the name of its setting.
    std::map<std::string, std::vector<std::string>, std::less<>> flags;
    app::environment environment;
    std::string config_path;          ///< Empty, if there is no file.
    std::string_view config_place{};  ///< Where the path stands: a flag or a variable.
};

/// Decides on every setting that `command` uses: its flags win over the environment, which wins
/// over the file, which wins over the default. An empty variable is as good as none. Lists are
/// taken from one source as a whole.
///
/// Errors: `invalid_argument`, one line that names the flag, variable or key, and says what would
/// be right. Never quotes the URL of a database.
botcore::result<settings> decide(command command, const sources& from);

/// A list as variables have it: with commas in between.
std::string joined(const std::vector<std::string>& values);

}  // namespace botapi::app
