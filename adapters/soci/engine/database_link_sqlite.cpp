#include "adapters/soci/engine/database_link_sqlite.hpp"

#include "adapters/soci/driver/session_sqlite.hpp"
#include "adapters/soci/driver/sqlite/file_access.hpp"

#include <utility>

namespace botapi::sql {

database_link_sqlite::database_link_sqlite(database_url url, botcore::log& log)
    : database_link{node_role::primary, log},
      url_{std::move(url)},
      files_{url_.target(), [this](bool are_in_place) { report_files(are_in_place); }},
      checkpoints_{url_.target(), writers_}
{
}

void database_link_sqlite::report_files(bool are_in_place)
{
    if (are_in_place) {
        log().write(botcore::severity::info, "the database's files are back");
        return;
    }
    log().write(
        botcore::severity::error,
        "the database's files were removed or replaced: the server stops writing",
        {{"file", url_.target()},
         {"cure", "put the same files back, or restart the server on those that are there"}}
    );
}

std::optional<fifo_gate::pass> database_link_sqlite::enter_writer(botcore::deadline until)
{
    return writers_.enter(until);
}

bool database_link_sqlite::is_distrusted() const noexcept
{
    return is_distrusted_ || checkpoints_.has_failed_to_sync();
}

// While the files are not in place, a new session would create or use another file.
std::unique_ptr<session> database_link_sqlite::open()
{
    if (!files_.are_in_place())
        throw not_primary{database_state::replaced};
    auto opened = std::make_unique<session_sqlite>(url_, &checkpoints_);
    if (const auto birth = birth_of_file(url_.target()); !birth.empty()) {
        opened->set_history(history_number(birth));
        opened->set_position({.store = opened->history()});
    }
    history().open(opened->position(), {});
    return opened;
}

}  // namespace botapi::sql
