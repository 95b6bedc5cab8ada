#pragma once

#include "apps/server/command.hpp"
#include "apps/server/key_arguments.hpp"
#include "apps/server/settings.hpp"
#include "apps/server/sources.hpp"

#include <botcore/result.hpp>

#include <span>
#include <string>

namespace botapi::app {

/// The command to run, and its arguments.
struct invocation {
    app::command command = command::help;
    app::settings settings{};
    std::string help{};        ///< For `help`: the text.
    bool is_dry_run = false;   ///< For `migrate` and `check --repair`.
    bool repairs = false;      ///< For `check`.
    bool is_json = false;      ///< For `config`.
    bool has_details = false;  ///< For `version`.
    key_arguments key{};       ///< For `keys`.
};

/// Reads the arguments and all other sources of settings. `arguments` excludes the program's name.
///
/// Errors: `invalid_argument`, one line that says what is wrong, and what would be right.
botcore::result<invocation> parse_command_line(
    std::span<const char* const> arguments,
    const environment& variables
);

}  // namespace botapi::app
