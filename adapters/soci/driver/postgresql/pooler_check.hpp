#pragma once

#include "adapters/soci/driver/database_route.hpp"

#include <botcore/result.hpp>

#include <string>

namespace botapi::sql {

/// Finds out which pooler is before a server. Opens two connections to `uri` for a moment. `none`
/// if the server can't be reached.
pooling find_pooling(const std::string& uri);

/// The pooling of a database that this program can use. Always `none` for SQLite.
///
/// Errors: `unavailable`, a line for the operator, if it is `untracked`.
botcore::result<pooling> usable_pooling(const database_url& url);

/// Whether the program can listen for notifications. Behind a pooler it needs a direct way.
///
/// Errors: `unavailable`, a line for the operator.
botcore::result<> check_direct_way(const database_route& route);

}  // namespace botapi::sql
