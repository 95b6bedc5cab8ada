#include "adapters/soci/engine/replication.hpp"

#include <algorithm>

namespace botapi::sql {

using botcore::deadline;
using botcore::storage_position;
using std::chrono::milliseconds;

namespace {

/// Looks that are kept: some minutes of them.
constexpr std::size_t looks_max = 4'096;

/// A read waits for a copy only if the copies are at most so old: otherwise it would wait in vain.
constexpr milliseconds soon_max{150};

}  // namespace

replication::replication(std::size_t copies, milliseconds lag_max)
    : lag_max_{lag_max}, copies_(copies)
{
}

void replication::see_primary(deadline sent, const storage_position& at)
{
    const std::lock_guard lock{mutex_};
    const bool is_other = at.store != primary_.store || at.timeline > primary_.timeline;
    if (!is_other && at.timeline < primary_.timeline)
        return;  // It does not know yet that it was replaced.
    if (is_other)
        looks_.clear();
    primary_ = at;
    is_primary_away_ = false;
    looks_.push_back({sent, at.offset});
    if (looks_.size() > looks_max)
        looks_.pop_front();
}

void replication::miss_primary()
{
    const std::lock_guard lock{mutex_};
    is_primary_away_ = true;
}

void replication::see_copy(std::size_t number, const copy_sighting& seen)
{
    const std::lock_guard lock{mutex_};
    auto& one = copies_.at(number);
    one.is_known = true;
    one.seen = seen;
    if (!seen.is_standby)
        one.primary_on = std::max(one.primary_on, seen.at.timeline);
}

void replication::miss_copy(std::size_t number)
{
    const std::lock_guard lock{mutex_};
    copies_.at(number).is_known = false;
}

/// The caller holds the mutex.
bool replication::may_serve(const copy& one) const
{
    return one.is_known && one.seen.is_standby && !looks_.empty() &&
           one.seen.at.store == primary_.store && one.seen.at.timeline == primary_.timeline &&
           one.primary_on < primary_.timeline;
}

/// How old what the copy serves may be. Nothing if it is older than all looks. The caller holds the
/// mutex.
std::optional<milliseconds> replication::age_of(const copy& one, deadline now) const
{
    const auto is_ahead = [&](std::uint64_t replayed, const look& taken) {
        return replayed < taken.offset;
    };
    const auto after = std::upper_bound(looks_.begin(), looks_.end(), one.seen.at.offset, is_ahead);
    if (after == looks_.begin())
        return std::nullopt;
    return std::chrono::ceil<milliseconds>(now - std::prev(after)->sent);
}

std::optional<chosen_copy> replication::choose(const botcore::freshness& demanded, deadline now)
{
    if (demanded.is_latest())
        return std::nullopt;
    const std::lock_guard lock{mutex_};
    const auto& position = demanded.position();
    std::optional<chosen_copy> best;
    for (std::size_t count = 0; count < copies_.size(); ++count) {
        const auto number = (turn_ + count) % copies_.size();
        const auto& one = copies_[number];
        const auto age = may_serve(one) ? age_of(one, now) : std::nullopt;
        if (!age)
            continue;
        const bool is_behind = position && (position->timeline > primary_.timeline ||
                                            position->offset > one.seen.at.offset);
        const bool is_old = !position && !is_primary_away_ && *age > lag_max_;
        if (is_behind || is_old || (best && best->report.age <= *age))
            continue;
        best = {number, one.seen.started_at_us, {.position = one.seen.at, .age = *age}};
        if (*age <= lag_max_)
            break;  // The next one by turn is good enough.
    }
    if (best) {
        turn_ = (best->number + 1) % copies_.size();
        ++copies_[best->number].reads;
    }
    return best;
}

botcore::copies replication::copies_of(const storage_position& position, deadline now) const
{
    const std::lock_guard lock{mutex_};
    if (position.timeline > primary_.timeline)
        return botcore::copies::none;
    auto found = botcore::copies::none;
    for (const auto& one : copies_) {
        if (!may_serve(one))
            continue;
        if (one.seen.at.offset >= position.offset)
            return botcore::copies::there;
        const auto age = age_of(one, now);
        if (age && *age <= soon_max)
            found = botcore::copies::soon;
    }
    return found;
}

std::vector<botcore::copy_status> replication::status(deadline now) const
{
    const std::lock_guard lock{mutex_};
    std::vector<botcore::copy_status> all;
    for (const auto& one : copies_) {
        const auto age = may_serve(one) ? age_of(one, now) : std::nullopt;
        const bool is_near = age && (*age <= lag_max_ || is_primary_away_);
        all.push_back(
            {.is_reachable = one.is_known,
             .is_standby = one.is_known && one.seen.is_standby,
             .serves = is_near,
             .age = age,
             .bytes_behind = primary_.offset - std::min(primary_.offset, one.seen.at.offset),
             .reads = one.reads}
        );
    }
    return all;
}

}  // namespace botapi::sql
