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

void reachability::reached() noexcept
{
    const std::lock_guard lock{mutex_};
    away_since_.reset();
    is_tried_ = false;
    pause_ = shortest_pause;
}

void reachability::missed(botcore::deadline now) noexcept
{
    const std::lock_guard lock{mutex_};
    if (!away_since_)
        away_since_ = now;
    is_tried_ = false;
    std::uniform_int_distribution<int> part{50, 100};
    next_try_ = now + pause_ * part(chance_) / 100;
    pause_ = std::min(pause_ * 2, longest_pause);
}

void reachability::hung(botcore::deadline since) noexcept
{
    const std::lock_guard lock{mutex_};
    away_since_ = std::min(since, away_since_.value_or(since));
    is_tried_ = false;
}

std::optional<botcore::deadline> reachability::away_since() const
{
    const std::lock_guard lock{mutex_};
    return away_since_;
}

}  // namespace botapi::sql
