#pragma once

#include <cstdint>

namespace botapi::app {

/// The commands of the program.
enum class command : std::uint8_t {
    help,
    version,
    serve,
    migrate,
    check,
    config,
    keys_create,
    keys_list,
    keys_revoke,
    keys_rotate_signing,
};

}  // namespace botapi::app
