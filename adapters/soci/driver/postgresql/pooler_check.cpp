#include "adapters/soci/driver/postgresql/pooler_check.hpp"

#include <libpq-fe.h>

#include <memory>
#include <random>

namespace botapi::sql {

namespace {

using raw_connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using query_result = std::unique_ptr<PGresult, decltype(&PQclear)>;

raw_connection connect_to(const std::string& uri)
{
    return {PQconnectdb(uri.c_str()), &PQfinish};
}

query_result run(const raw_connection& db, const std::string& sql)
{
    return {PQexec(db.get(), sql.c_str()), &PQclear};
}

/// The mark of the server session behind a connection. Empty if the session has no mark.
std::string mark_on(const raw_connection& marked)
{
    const auto found = run(marked, "SELECT current_setting('botapi.mark', true)");
    return PQntuples(found.get()) == 1 ? PQgetvalue(found.get(), 0, 0) : "";
}

}  // namespace

// The first connection marks its server session. Then the second connection keeps a server session
// in a transaction. If a pooler shares sessions, either the second connection has the marked
// session, or the first connection gets a session without the mark. The second connection is
// queried first: with a pool of one session, a query of the first would wait.
bool changes_sessions(const std::string& uri)
{
    const auto first = connect_to(uri);
    const auto second = connect_to(uri);
    if (PQstatus(first.get()) != CONNECTION_OK || PQstatus(second.get()) != CONNECTION_OK)
        return false;
    std::random_device random;
    const auto mark = std::to_string(random()) + '.' + std::to_string(random());
    const auto marked = run(first, "SELECT set_config('botapi.mark', '" + mark + "', false)");
    if (PQresultStatus(marked.get()) != PGRES_TUPLES_OK)
        return false;
    const auto begun = run(second, "BEGIN");
    // A pooler with `pool_mode=statement` allows no transaction.
    if (PQresultStatus(begun.get()) != PGRES_COMMAND_OK)
        return true;
    const bool is_shared = mark_on(second) == mark || mark_on(first) != mark;
    run(second, "ROLLBACK");
    return is_shared;
}

}  // namespace botapi::sql
