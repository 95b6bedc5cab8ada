#include "adapters/soci/driver/postgresql/pooler_check.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pooled_transaction.hpp"

#include <libpq-fe.h>

#include <memory>
#include <random>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;
using botcore::result;

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

/// The text that a query selects. Empty if it selects none.
std::string text_of(const query_result& found)
{
    return PQntuples(found.get()) == 1 ? PQgetvalue(found.get(), 0, 0) : "";
}

/// The mark of the server session behind a connection. Empty if the session has no mark.
std::string mark_on(const raw_connection& marked)
{
    return text_of(run(marked, "SELECT current_setting('botapi.mark', true)"));
}

std::string random_text(char separator)
{
    std::random_device random;
    return std::to_string(random()) + separator + std::to_string(random());
}

/// Whether a pooler tracks prepared statements: it then gives each of them a name of its own on the
/// server. Precondition: the connection is in a transaction, and so stays on one server session.
bool tracks_statements(const raw_connection& db)
{
    const auto name = "botapi_" + random_text('_');
    const query_result made{PQprepare(db.get(), name.c_str(), "SELECT 1", 0, nullptr), &PQclear};
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK)
        return false;
    const auto same_name =
        text_of(run(db, "SELECT count(*) FROM pg_prepared_statements WHERE name = '" + name + "'"));
    if (same_name != "0")
        run(db, "DEALLOCATE " + name);
    return same_name == "0";
}

/// The `server_place` of a session, as text. Empty if it can't be read.
std::string place_of(const raw_connection& db)
{
    const auto found = run(db, select_place);
    if (PQntuples(found.get()) != 1)
        return {};
    return std::string{PQgetvalue(found.get(), 0, 0)} + ' ' + PQgetvalue(found.get(), 0, 1);
}

}  // namespace

// The first connection marks its server session. Then the second connection keeps a server session
// in a transaction. If a pooler shares sessions, either the second connection has the marked
// session, or the first connection gets a session without the mark. The second connection is
// queried first: with a pool of one session, a query of the first would wait.
pooling find_pooling(const std::string& uri)
{
    const auto first = connect_to(uri);
    const auto second = connect_to(uri);
    if (PQstatus(first.get()) != CONNECTION_OK || PQstatus(second.get()) != CONNECTION_OK)
        return pooling::none;
    const auto mark = random_text('.');
    const auto marked = run(first, "SELECT set_config('botapi.mark', '" + mark + "', false)");
    if (PQresultStatus(marked.get()) != PGRES_TUPLES_OK)
        return pooling::none;
    const auto begun = run(second, "BEGIN");
    // A pooler with `pool_mode=statement` allows no transaction.
    if (PQresultStatus(begun.get()) != PGRES_COMMAND_OK)
        return pooling::untracked;
    const bool is_shared = mark_on(second) == mark || mark_on(first) != mark;
    const auto found = !is_shared                  ? pooling::none
                       : tracks_statements(second) ? pooling::tracked
                                                   : pooling::untracked;
    run(second, "ROLLBACK");
    return found;
}

result<pooling> usable_pooling(const database_url& url)
{
    if (url.dialect() == dialect::sqlite)
        return pooling::none;
    const auto found = find_pooling(connection_uri(url));
    if (found != pooling::untracked)
        return found;
    return refuse(
        errc::unavailable,
        "The database " + url.redacted() +
            " is behind a pooler that changes sessions, such as PgBouncer with "
            "pool_mode=transaction: set pool_mode=session, set max_prepared_statements in "
            "PgBouncer 1.21 or newer, or name the server itself."
    );
}

result<> check_direct_way(const database_route& route)
{
    const auto& url = route.url;
    const auto& direct = route.direct;
    if (!direct && route.pooled == pooling::none)
        return {};
    if (!direct) {
        return refuse(
            errc::unavailable,
            "The database " + url.redacted() +
                " is behind a pooler that changes sessions, and LISTEN needs a session that stays: "
                "name the server itself in --listen-database or BOTAPI_LISTEN_DATABASE."
        );
    }
    const auto refuse_because = [&redacted = direct->redacted()](const std::string& reason) {
        return refuse(
            errc::unavailable,
            "The database of --listen-database, " + redacted + ", " + reason
        );
    };
    if (url.dialect() == dialect::sqlite)
        return refuse_because("is of no use: SQLite has no LISTEN.");
    const auto usual = connect_to(connection_uri(url));
    const auto listening = connect_to(connection_uri(*direct));
    if (PQstatus(listening.get()) != CONNECTION_OK)
        return refuse_because("can't be reached: " + first_line(PQerrorMessage(listening.get())));
    if (PQstatus(usual.get()) == CONNECTION_OK && place_of(usual) != place_of(listening))
        return refuse_because("is not the one that --database names.");
    if (find_pooling(connection_uri(*direct)) != pooling::none)
        return refuse_because("is behind a pooler that changes sessions: name the server itself.");
    return {};
}

}  // namespace botapi::sql
