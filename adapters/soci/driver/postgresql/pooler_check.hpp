#pragma once

#include <string>

namespace botapi::sql {

/// Whether a pooler before the server may run each transaction of a connection on another server
/// session, as PgBouncer does with `pool_mode=transaction`. Settings, prepared statements and
/// LISTEN do not work through such a pooler.
///
/// Opens two connections to `uri` for a moment. False if the server can't be reached.
bool changes_sessions(const std::string& uri);

}  // namespace botapi::sql
