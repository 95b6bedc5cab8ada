#pragma once

#include "adapters/soci/soci_storage.hpp"
#include "apps/server/settings.hpp"

#include <botcore/ports/log.hpp>

#include <memory>

namespace botapi::app {

/// Opens the database of the settings, which has to have the schema of this program. Throws
/// `command_error`.
std::unique_ptr<sql::sql_storage> open_storage(const settings& settings, botcore::log& log);

}  // namespace botapi::app
