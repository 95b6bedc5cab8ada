#pragma once

#include "apps/server/command.hpp"
#include "apps/server/key_order.hpp"
#include "apps/server/settings.hpp"
#include "apps/server/sources.hpp"

#include <botcore/result.hpp>

#include <span>
#include <string>

namespace botapi::app {

/// What the program was asked to do.
struct invocation {
    app::command command = command::help;
    app::settings settings{};
    std::string help{};          ///< For `help`: what to tell.
    bool is_dry_run = false;     ///< For `migrate`, and `check` if it repairs.
    bool repairs = false;        ///< For `check`.
    bool tells_details = false;  ///< For `version`.
    key_order key{};             ///< For `keys`.
};

/// Understands the arguments, without the program's name, and all other sources of settings.
///
/// Errors: `invalid_argument`, one line that names what is wrong, and says what would be right.
botcore::result<invocation> parse_command_line(
    std::span<const char* const> arguments,
    const environment& variables
);

}  // namespace botapi::app
