#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/driver/sqlite/file_access.hpp"

#include <botcore/result.hpp>

#include <soci/soci.h>

#include <memory>
#include <string>
#include <vector>

namespace botapi::sql {

/// The connection URI for PostgreSQL. It has timeouts for a network that stops responding. Timeouts
/// in the URL or in the environment take precedence.
std::string connection_uri(const database_url& url);

/// The URLs of the servers that the URI of PostgreSQL names, one for each host, whatever state they
/// are in.
std::vector<database_url> url_of_each_host(const database_url& url);

/// Whether the URL names a SQLite file that does not exist: connecting would create it. Always
/// false for PostgreSQL, where only a connection can tell.
bool is_missing(const database_url& url);

/// Whether this process can use the file of a SQLite database. PostgreSQL has none.
///
/// Errors: `unavailable`, a line for the operator. For a file that does not exist, and is not to be
/// made, it says where the file was looked for.
botcore::result<> check_file_access(const database_url& url, file_use use);

/// Opens a connection. For PostgreSQL it has the timeouts of `connection_uri`. Throws
/// `unreachable`.
std::unique_ptr<soci::session> connect(const database_url& url);

/// Opens a connection that only reads. It also works on a copy of a SQLite file that can't be
/// written, and makes no files beside it. Throws `unreachable`.
std::unique_ptr<soci::session> connect_to_read(const database_url& url);

}  // namespace botapi::sql
