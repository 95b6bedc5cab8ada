#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace botapi::sql {

/// The driver's connection below SOCI, for what SOCI has no word for.
inline PGconn*& postgresql_of(soci::session& session)
{
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

/// The same of SQLite.
inline sqlite_api::sqlite3* sqlite_of(soci::session& session)
{
    return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

}  // namespace botapi::sql
