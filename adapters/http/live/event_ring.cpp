#include "adapters/http/live/event_ring.hpp"

#include <algorithm>
#include <iterator>

namespace botapi::http {

event_ring::found event_ring::find(const botcore::stream_position& after, bool is_known) const
{
    const std::lock_guard lock{mutex_};
    if (is_lost_)
        return {.advice = advice::lost};
    if (!reached_ || after.order() < begin_.order())
        return {.advice = advice::read};
    if (after.order() > reached_->order()) {
        if (!is_known)
            return {.advice = advice::read};
        return {.advice = advice::wait, .reached = after, .is_ahead = true};
    }

    const auto order_of = [](const entry& one) { return one.reached.order(); };
    const auto next = std::ranges::upper_bound(kept_, after.order(), {}, order_of);
    const auto first = next == kept_.end() ? 0 : next->batch->first_after(after);
    auto before = next == kept_.begin() ? begin_ : std::prev(next)->reached;
    if (first > 0)
        before = next->batch->position(first - 1);
    // The fingerprints differ, or no kept message has this order: the ring or the cursor is out of
    // date.
    if (after.fingerprint() && after != before)
        return {.advice = advice::read};
    if (next == kept_.end())
        return {.advice = advice::wait, .reached = *reached_};
    return {
        .advice = advice::take,
        .more = {.batch = next->batch, .first = first},
        .reached = next->reached};
}

void event_ring::start_at(const botcore::stream_position& end)
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

void event_ring::append(
    const botcore::stream_position& reached,
    std::shared_ptr<const event_batch> more
)
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
