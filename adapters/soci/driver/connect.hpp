#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <soci/soci.h>

#include <memory>
#include <string>

namespace botapi::sql {

/// The URI for PostgreSQL, with limits to how long a silent network is believed in, unless the URL
/// or the environment sets others.
std::string connection_uri(const database_url& url);

/// Whether the URL names a file of SQLite that does not exist, and that connecting would make. Of a
/// server only a connection tells.
bool is_missing(const database_url& url);

/// Opens a connection, with limits to how long a silent network is believed in, unless the URL or
/// the environment sets others. Throws `unreachable`.
std::unique_ptr<soci::session> connect(const database_url& url);

}  // namespace botapi::sql
