#pragma once

#include "apps/server/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::app {

/// One setting: a flag, a variable and a key of the configuration file.
struct setting {
    std::string_view name;         ///< As in `max-body-size`: the key, and with `--` the flag.
    std::string_view placeholder;  ///< For the value in the help, as in `SIZE`.
    std::string_view group;        ///< Headline in the help.
    std::string_view meaning;      ///< One phrase for the help.
    std::string fallback;          ///< The default, as a value or in words.

    /// Stores a value. If the value is wrong, returns the reason: a sentence that says what would
    /// be right.
    std::function<std::optional<std::string>(settings&, const std::string&)> take;

    /// Returns the values as a source would write them, without passwords. Empty if there are none.
    std::function<std::vector<std::string>(const settings&)> show{};

    /// Removes all values, so that a source replaces the default. Only lists have this function.
    std::function<void(settings&)> clear{};

    bool is_secret = false;  ///< Whether a value may contain a password.
    bool is_switch = false;  ///< Whether the flag has no value and means `yes`.

    /// Whether values may have commas. Then blanks separate the values of a list in a variable.
    bool may_have_commas = false;
};

/// The flag of a setting, as in `--max-body-size`.
std::string flag_of(const setting& setting);

/// The variable of a setting, as in `BOTAPI_MAX_BODY_SIZE`.
std::string variable_of(const setting& setting);

/// The beginning of `text` in quotation marks, on one line, for error messages.
std::string in_quotes(std::string_view text);

}  // namespace botapi::app
