#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <soci/soci.h>

#include <memory>
#include <string>

namespace botapi::sql {

/// The URI for PostgreSQL, with limits to how long a silent network is believed in, unless the URL
/// or the environment sets others.
std::string connection_uri(const database_url& url);

/// Opens a connection, with limits to how long a silent network is believed in, unless the URL or
/// the environment sets others. Throws `unreachable`.
std::unique_ptr<soci::session> connect(const database_url& url);

}  // namespace botapi::sql
