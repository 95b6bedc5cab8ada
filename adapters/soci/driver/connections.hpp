#pragma once

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace botapi::sql {

/// libpq's connection below SOCI, for features that SOCI does not offer.
inline PGconn*& postgresql_of(soci::session& session)
{
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

/// SQLite's connection below SOCI.
inline sqlite_api::sqlite3*& sqlite_of(soci::session& session)
{
    return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

}  // namespace botapi::sql
