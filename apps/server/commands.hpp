#pragma once

#include "apps/server/key_order.hpp"
#include "apps/server/settings.hpp"

#include <stdexcept>

namespace botapi::app {

/// What keeps a command from being carried out. `what()` is one line for the operator.
struct command_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The commands. Each returns the exit code of the program, and throws `command_error`, or an
// exception of the adapters that says as much.

/// Serves until SIGTERM or SIGINT. Migrates SQLite files, and refuses other databases whose schema
/// is not the one of this program.
int serve(const settings& settings);

/// Migrates, or only says what that would do, and lists the migrations.
int migrate(const settings& settings, bool is_dry_run);

/// Looks whether everything stored keeps the rules. Exit code 1, if it does not.
int check(const settings& settings);

/// Mends what can be mended, or only says what that would be. Exit code 1, if something is left.
int repair(const settings& settings, bool is_dry_run);

/// Makes a key and prints its token, which nobody can see again.
int create_key(const settings& settings, const key_order& wanted);

/// Prints all keys, a line each.
int list_keys(const settings& settings);

/// Revokes a key, or those that were made before an instant.
int revoke_keys(const settings& settings, const key_order& wanted);

/// Makes a new secret to sign tokens for conversations with.
int rotate_signing(const settings& settings, const key_order& wanted);

/// Prints the name and version, and what else is known of the build.
int tell_version(bool with_details);

}  // namespace botapi::app
