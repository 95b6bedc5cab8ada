#pragma once

#include "adapters/soci/sql_storage.hpp"
#include "apps/server/settings.hpp"

#include <botcore/ports/log.hpp>

#include <cstdint>
#include <memory>

namespace botapi::app {

/// The reaction of a command to a database that takes no writes.
enum class without_primary : std::uint8_t {
    ends,   ///< The command fails.
    waits,  ///< The server refuses requests until the database takes writes.
};

/// Opens the database of the settings. Throws `command_error` if that fails, or if the database
/// does not have this program's schema.
std::unique_ptr<sql::sql_storage> open_storage(
    const settings& settings,
    without_primary rule,
    botcore::log& log
);

}  // namespace botapi::app
