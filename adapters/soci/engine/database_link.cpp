#include "adapters/soci/engine/database_link.hpp"

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/engine/database_link_postgresql.hpp"
#include "adapters/soci/engine/database_link_sqlite.hpp"

#include <random>

namespace botapi::sql {

database_link::database_link(node_role role, botcore::log& log)
    : role_{role}, log_{log}, reachability_{std::random_device{}()}
{
}

std::unique_ptr<session> database_link::connect()
{
    if (!reachability_.may_try(std::chrono::steady_clock::now()))
        throw still_away{reachability_.state()};
    if (is_silent())
        throw still_away{reachability_.state()};
    std::unique_ptr<session> opened;
    try {
        opened = open();
        if (role_ == node_role::primary)
            opened->check_primary();
    } catch (const still_away&) {
        throw;
    } catch (const not_primary& thrown) {
        note_missed(failure_from(thrown));
        throw;
    } catch (...) {
        reachability_.missed(std::chrono::steady_clock::now(), database_state::unreachable);
        throw;
    }
    note_reached();
    return opened;
}

void database_link::note_reached()
{
    const auto ended = reachability_.reached(std::chrono::steady_clock::now());
    if (ended == database_state::standby || ended == database_state::read_only)
        log_.write(botcore::severity::info, "the database takes writes");
}

/// Logs every attempt to reach a server that does not answer. Logs a server that takes no writes
/// only once, because it may be in that state for months.
void database_link::note_missed(const failure& found)
{
    const bool is_news = reachability_.missed(std::chrono::steady_clock::now(), found.state);
    if (is_news || found.state == database_state::unreachable)
        log_lost(found, log_);
}

std::unique_ptr<database_link> make_database_link(const database_route& route, botcore::log& log)
{
    if (route.url.dialect() == dialect::postgresql)
        return std::make_unique<database_link_postgresql>(route, log);
    return std::make_unique<database_link_sqlite>(route.url, log);
}

}  // namespace botapi::sql
