#include "adapters/soci/engine/database_link_sqlite.hpp"

#include "adapters/soci/driver/session_sqlite.hpp"

#include <utility>

namespace botapi::sql {

database_link_sqlite::database_link_sqlite(database_url url, botcore::log& log)
    : database_link{log}, url_{std::move(url)}, checkpoints_{url_.target(), writers_}
{
}

std::optional<fifo_gate::pass> database_link_sqlite::enter_writer(botcore::deadline until)
{
    return writers_.enter(until);
}

bool database_link_sqlite::is_distrusted() const noexcept
{
    return is_distrusted_ || checkpoints_.has_failed_to_sync();
}

std::unique_ptr<session> database_link_sqlite::open()
{
    return std::make_unique<session_sqlite>(url_, &checkpoints_);
}

}  // namespace botapi::sql
