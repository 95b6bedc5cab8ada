#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <soci/soci.h>

#include <memory>
#include <string>

namespace botapi::sql {

/// The connection URI for PostgreSQL. It has timeouts for a network that stops responding. Timeouts
/// in the URL or in the environment take precedence.
std::string connection_uri(const database_url& url);

/// Whether the URL names a SQLite file that does not exist: connecting would create it. Always
/// false for PostgreSQL, where only a connection can tell.
bool is_missing(const database_url& url);

/// Opens a connection. For PostgreSQL it has the timeouts of `connection_uri`. Throws
/// `unreachable`.
std::unique_ptr<soci::session> connect(const database_url& url);

}  // namespace botapi::sql
