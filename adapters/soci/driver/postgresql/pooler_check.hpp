#pragma once

#include <string>

namespace botapi::sql {

/// Whether a pooler stands before the server that may run each transaction of a connection on
/// another session, as PgBouncer does with `pool_mode=transaction`. Settings, prepared statements
/// and LISTEN then belong to nobody, or to somebody else.
///
/// Opens two connections to `uri` for a moment. False if the server can't be reached.
bool changes_sessions(const std::string& uri);

}  // namespace botapi::sql
