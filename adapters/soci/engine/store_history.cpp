#include "adapters/soci/engine/store_history.hpp"

#include <tuple>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;
using botcore::result;
using botcore::storage_position;

namespace {

bool is_before(const storage_position& one, const storage_position& other)
{
    return std::tie(one.timeline, one.offset) < std::tie(other.timeline, other.offset);
}

}  // namespace

void store_history::open(const storage_position& at, const timeline_starts& starts)
{
    const std::lock_guard lock{mutex_};
    const bool is_other = !is_open_ || at.store != reached_.store;
    if (is_other)
        starts_.clear();
    for (const auto& [timeline, start] : starts) {
        auto& known = starts_[timeline];
        if (!known)
            known = start;
    }
    if (is_other || is_before(reached_, at))
        reached_ = at;
    is_open_ = true;
}

void store_history::reach(const storage_position& position)
{
    const std::lock_guard lock{mutex_};
    if (is_open_ && position.store == reached_.store && is_before(reached_, position))
        reached_ = position;
}

storage_position store_history::position() const
{
    const std::lock_guard lock{mutex_};
    return reached_;
}

result<bool> store_history::includes(const storage_position& position) const
{
    const std::lock_guard lock{mutex_};
    if (!is_open_)
        return false;
    if (position.store != reached_.store)
        return refuse(errc::position_lost, "The position belongs to another store.");
    if (position.timeline >= reached_.timeline)
        return !is_before(reached_, position);
    for (auto timeline = position.timeline + 1; timeline <= reached_.timeline; ++timeline) {
        const auto start = starts_.find(timeline);
        const bool is_kept = start != starts_.end() && start->second &&
                             position.offset <= *start->second;
        if (!is_kept) {
            return refuse(
                errc::position_lost,
                "A failover has begun a new timeline since, and it may lack what was committed up "
                "to this position."
            );
        }
    }
    return true;
}

botcore::error position_ahead()
{
    return refuse(
        errc::position_lost,
        "The position is beyond the end of the store's history: the store has lost commits since."
    );
}

}  // namespace botapi::sql
