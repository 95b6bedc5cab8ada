#include "adapters/soci/engine/reachability.hpp"

#include <algorithm>
#include <utility>

namespace botapi::sql {

bool reachability::may_try(botcore::deadline now)
{
    const std::lock_guard lock{mutex_};
    if (!away_since_)
        return true;
    if (now < next_try_ || is_tried_)
        return false;
    is_tried_ = true;
    return true;
}

database_state reachability::reached() noexcept
{
    const std::lock_guard lock{mutex_};
    away_since_.reset();
    is_tried_ = false;
    pause_ = shortest_pause;
    return std::exchange(state_, database_state::serving);
}

bool reachability::missed(botcore::deadline now, database_state why) noexcept
{
    const std::lock_guard lock{mutex_};
    if (!away_since_)
        away_since_ = now;
    is_tried_ = false;
    std::uniform_int_distribution<int> part{50, 100};
    next_try_ = now + pause_ * part(random_) / 100;
    pause_ = std::min(pause_ * 2, longest_pause);
    return std::exchange(state_, why) != why;
}

void reachability::hung(botcore::deadline since) noexcept
{
    const std::lock_guard lock{mutex_};
    away_since_ = std::min(since, away_since_.value_or(since));
    state_ = database_state::unreachable;
    is_tried_ = false;
}

std::optional<botcore::deadline> reachability::away_since() const
{
    const std::lock_guard lock{mutex_};
    return away_since_;
}

database_state reachability::state() const
{
    const std::lock_guard lock{mutex_};
    return state_;
}

}  // namespace botapi::sql
