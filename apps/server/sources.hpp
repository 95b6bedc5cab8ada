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

/// The sources of values.
struct sources {
    /// The values of each flag, by the name of its setting.
    std::map<std::string, std::vector<std::string>, std::less<>> flags;
    app::environment environment;
    std::string config_path;           ///< Empty if there is no file.
    std::string_view config_source{};  ///< The flag or the variable that has the path.
};

/// Decides on every setting that `command` uses: a flag wins over the environment, the environment
/// over the file, the file over the default. A variable whose name ends in `_FILE` names a file
/// that has the value. An empty or blank variable counts as unset. A list comes from one source as
/// a whole.
///
/// Errors: `invalid_argument`, one line that names the flag, variable or key, and says what would
/// be right. Never quotes the URL of a database.
botcore::result<settings> decide(command command, const sources& from);

/// The value of a variable, without the white space around it. Empty if the variable is not set.
std::string value_of(const environment& variables, const std::string& name);

/// The values as a variable lists them: separated by commas.
std::string joined(const std::vector<std::string>& values);

}  // namespace botapi::app
