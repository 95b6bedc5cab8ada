#include "adapters/soci/engine/database_link.hpp"

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/engine/database_link_postgresql.hpp"
#include "adapters/soci/engine/database_link_sqlite.hpp"

#include <random>

namespace botapi::sql {

database_link::database_link() : reachability_{std::random_device{}()} {}

std::unique_ptr<session> database_link::connect()
{
    if (!reachability_.may_try(std::chrono::steady_clock::now()))
        throw still_away{};
    if (is_silent())
        throw still_away{};
    std::unique_ptr<session> opened;
    try {
        opened = open();
    } catch (const still_away&) {
        throw;
    } catch (...) {
        reachability_.missed(std::chrono::steady_clock::now());
        throw;
    }
    reachability_.reached();
    return opened;
}

std::unique_ptr<database_link> make_database_link(
    const database_url& url,
    std::chrono::milliseconds statement_max,
    botcore::log& log
)
{
    if (url.dialect() == dialect::postgresql)
        return std::make_unique<database_link_postgresql>(url, statement_max, log);
    return std::make_unique<database_link_sqlite>(url);
}

}  // namespace botapi::sql
