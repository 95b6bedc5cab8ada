#pragma once

#include "adapters/soci/sql_storage.hpp"
#include "apps/server/settings.hpp"

#include <botcore/ports/log.hpp>

#include <cstdint>
#include <memory>

namespace botapi::app {

/// The reaction of a command to a database that takes no writes.
enum class without_primary : std::uint8_t {
    ends,   ///< It can't do its work.
    waits,  ///< It refuses requests until the database takes writes.
};

/// Opens the database of the settings, which has to have the schema of this program. Throws
/// `command_error`.
std::unique_ptr<sql::sql_storage> open_storage(
    const settings& settings,
    without_primary rule,
    botcore::log& log
);

}  // namespace botapi::app
