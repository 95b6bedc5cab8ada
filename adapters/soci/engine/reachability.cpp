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

database_state reachability::reached(botcore::deadline now) noexcept
{
    const std::lock_guard lock{mutex_};
    if (away_since_)
        ended_ = std::max(now, began_.load());
    away_since_.reset();
    is_tried_ = false;
    pause_ = shortest_pause;
    return std::exchange(state_, database_state::serving);
}

bool reachability::missed(botcore::deadline now, database_state why) noexcept
{
    const std::lock_guard lock{mutex_};
    if (!away_since_)
        begin_outage(now);
    is_tried_ = false;
    std::uniform_int_distribution<int> part{50, 100};
    next_try_ = now + pause_ * part(random_) / 100;
    pause_ = std::min(pause_ * 2, longest_pause);
    return std::exchange(state_, why) != why;
}

void reachability::hung(botcore::deadline since) noexcept
{
    const std::lock_guard lock{mutex_};
    if (!away_since_ || since < *away_since_)
        begin_outage(since);
    state_ = database_state::unreachable;
    is_tried_ = false;
}

std::optional<botcore::deadline> reachability::away_since() const
{
    const std::lock_guard lock{mutex_};
    return away_since_;
}

void reachability::begin_outage(botcore::deadline at) noexcept
{
    away_since_ = at;
    if (at >= ended_.load() + break_max)
        began_ = at;
    ended_ = botcore::deadline{};
}

std::optional<botcore::outage> reachability::last_outage() const noexcept
{
    // In the other order than `begin_outage`. So a new outage never seems to be over.
    const auto ended = ended_.load();
    const auto began = began_.load();
    if (began == botcore::deadline{})
        return std::nullopt;
    if (ended < began)
        return botcore::outage{.began = began};
    return botcore::outage{.began = began, .ended = ended};
}

database_state reachability::state() const
{
    const std::lock_guard lock{mutex_};
    return state_;
}

}  // namespace botapi::sql
