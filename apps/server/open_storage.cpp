#include "apps/server/open_storage.hpp"

#include "apps/server/commands.hpp"

#include <utility>
#include <vector>

namespace botapi::app {

std::unique_ptr<sql::sql_storage> open_storage(
    const settings& settings,
    without_primary rule,
    botcore::log& log
)
{
    const sql::storage_options options{
        .sessions = settings.db_connections,
        .failover_wait = settings.http.limits.failover_wait,
        .waits_for_primary = rule == without_primary::waits,
        .listen_url = settings.listen_database,
        .has_to_listen = rule == without_primary::waits,
        .read_replicas = rule == without_primary::waits ? settings.read_replicas
                                                        : std::vector<sql::database_url>{},
        .replica_lag_max = settings.replica_lag_max,
        .must_hold_data = settings.must_exist};
    auto opened = sql::sql_storage::open(settings.database, options, log);
    if (!opened)
        throw command_error{opened.error().detail};
    return *std::move(opened);
}

}  // namespace botapi::app
