#pragma once

#include "apps/server/key_arguments.hpp"
#include "apps/server/settings.hpp"

#include <stdexcept>

namespace botapi::app {

/// Why a command failed. `what()` is one line for the operator.
struct command_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The commands. Each returns the exit code of the program. If it fails, it throws `command_error`,
// or an adapter's exception, whose `what()` is one line for the operator as well.

/// Serves until SIGTERM or SIGINT. Migrates SQLite files, and refuses other databases whose schema
/// is not this program's.
int serve(const settings& settings);

/// Applies the missing migrations, or none in a dry run, and prints them.
int migrate(const settings& settings, bool is_dry_run);

/// Checks all stored data against the rules. The exit code is 1 if there are findings.
int check(const settings& settings);

/// Repairs what can be repaired. A dry run only prints the repairs. The exit code is 1 if findings
/// remain, and in a dry run also if there is something to repair.
int repair(const settings& settings, bool is_dry_run);

/// Prints every setting with its value and its source, without passwords.
int print_config(const settings& settings, bool is_json);

/// Makes a key and prints its token, which can't be shown again.
int create_key(const settings& settings, const key_arguments& arguments);

/// Prints all keys, one a line.
int list_keys(const settings& settings);

/// Revokes one key, or all that were made before an instant.
int revoke_keys(const settings& settings, const key_arguments& arguments);

/// Makes a new secret that signs the tokens for conversations.
int rotate_signing(const settings& settings, const key_arguments& arguments);

/// Prints the program's version, and with details those of its libraries.
int print_version(bool has_details);

}  // namespace botapi::app
