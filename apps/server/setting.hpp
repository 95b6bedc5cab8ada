#pragma once

#include "apps/server/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::app {

/// One thing that can be set: by a flag, by a variable or by a key of the configuration file.
struct setting {
    std::string_view name;         ///< As in `max-body-size`: the key, and with `--` the flag.
    std::string_view placeholder;  ///< For the value in the help, as in `SIZE`.
    std::string_view group;        ///< Headline in the help.
    std::string_view meaning;      ///< One phrase.
    std::string fallback;          ///< The default, as a value or in words.

    /// Takes a value over. Answers with the reason if it is wrong: a sentence that says what would
    /// be right.
    std::function<std::optional<std::string>(settings&, const std::string&)> take;

    /// For lists, which take each of several values: removes the default before the first.
    std::function<void(settings&)> clear{};

    bool is_secret = false;  ///< Whether there may be a password in it.
    bool is_switch = false;  ///< Whether the flag stands alone, and means `yes`.
};

/// The flag of a setting, as in `--max-body-size`.
std::string flag_of(const setting& setting);

/// The variable of a setting, as in `BOTAPI_MAX_BODY_SIZE`.
std::string variable_of(const setting& setting);

/// `text` in quotation marks on one line, for messages about it.
std::string in_quotes(std::string_view text);

}  // namespace botapi::app
