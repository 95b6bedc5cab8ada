#include "adapters/http/live/event_ring.hpp"

#include <algorithm>

namespace botapi::http {

event_ring::found event_ring::find(botcore::stream_position after, bool is_known) const
{
    const std::lock_guard lock{mutex_};
    if (is_lost_)
        return {.advice = advice::lost};
    if (!reached_ || after < begin_ || (after > *reached_ && !is_known))
        return {.advice = advice::read};
    const auto next = std::ranges::upper_bound(kept_, after, {}, &entry::reached);
    for (auto one = next; one != kept_.end(); ++one) {
        const auto first = one->batch->first_after(after);
        if (first < one->batch->count()) {
            return {
                .advice = advice::take,
                .more = {.batch = one->batch, .first = first},
                .reached = one->reached};
        }
    }
    return {
        .advice = advice::wait,
        .reached = std::max(after, *reached_),
        .is_ahead = after > *reached_};
}

void event_ring::start_at(botcore::stream_position end)
{
    const std::lock_guard lock{mutex_};
    if (reached_)
        return;
    reached_ = end;
    begin_ = end;
}

std::optional<botcore::stream_position> event_ring::reached() const
{
    const std::lock_guard lock{mutex_};
    return reached_;
}

void event_ring::append(botcore::stream_position reached, std::shared_ptr<const event_batch> more)
{
    const std::lock_guard lock{mutex_};
    reached_ = reached;
    if (more)
        kept_.push_back({std::move(more), reached});
}

void event_ring::drop_oldest()
{
    const std::lock_guard lock{mutex_};
    if (kept_.empty())
        return;
    begin_ = kept_.front().reached;
    kept_.pop_front();
}

void event_ring::lose()
{
    const std::lock_guard lock{mutex_};
    is_lost_ = true;
    kept_.clear();
}

}  // namespace botapi::http
