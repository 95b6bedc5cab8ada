#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace botapi::http {

/// Items that wait to be done in batches, and the choice of the next batch. `Waiting` has the time
/// point `since`.
///
/// Two batches that run at once never have items of the same lane. While few items wait, a batch
/// takes items of all lanes. A lane whose items are worth a batch of their own does not wait for
/// the batches of other lanes.
///
/// Thread safety: none. The caller holds a lock.
template <class Waiting>
class waiting_lanes {
    struct lane {
        std::deque<std::unique_ptr<Waiting>> queue{};
        bool is_busy = false;  ///< Whether items of it are in a batch that runs.
    };

public:
    /// Items that are done together. Its lanes are busy until `end` is called.
    struct batch {
        std::vector<std::unique_ptr<Waiting>> items{};
        std::vector<lane*> lanes{};
    };

    /// `worth_from` items of one lane, at least 1, are worth a batch of their own. A batch has at
    /// most `batch_max` items.
    waiting_lanes(std::size_t lanes, std::size_t worth_from, std::size_t batch_max)
        : lanes_(lanes), worth_from_{worth_from}, batch_max_{batch_max}
    {
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Whether an item has waited for longer than `limit`.
    [[nodiscard]] bool have_waited(
        std::chrono::nanoseconds limit,
        std::chrono::steady_clock::time_point now
    ) const
    {
        return std::ranges::any_of(lanes_, [&](const lane& one) {
            return !one.queue.empty() && now - one.queue.front()->since > limit;
        });
    }

    /// Items of equal `key` are in one lane.
    void push(std::unique_ptr<Waiting> item, std::size_t key)
    {
        lanes_[key % lanes_.size()].queue.push_back(std::move(item));
        ++size_;
    }

    /// Whether `take` would return items.
    [[nodiscard]] bool has_batch() const
    {
        if (are_idle())
            return size_ > 0;
        return std::ranges::any_of(lanes_, [this](const lane& one) { return is_worth(one); });
    }

    /// The next batch: from all lanes if they are idle and few items wait, else from one lane.
    /// Empty if no batch can begin now.
    batch take()
    {
        batch next;
        if (are_idle() && size_ < lanes_.size() * worth_from_) {
            for (auto& one : lanes_)
                take_from(one, next);
        } else if (lane* const oldest = longest_waiting())
            take_from(*oldest, next);
        return next;
    }

    /// Ends a batch: its lanes are free again.
    void end(const batch& finished_batch)
    {
        for (lane* const one : finished_batch.lanes)
            one->is_busy = false;
    }

private:
    [[nodiscard]] bool are_idle() const { return std::ranges::none_of(lanes_, &lane::is_busy); }

    [[nodiscard]] bool is_worth(const lane& one) const
    {
        return !one.is_busy && one.queue.size() >= worth_from_;
    }

    /// The lane whose first item has waited longest, of those from which a batch may begin now.
    lane* longest_waiting()
    {
        const bool are_idle = this->are_idle();
        lane* oldest = nullptr;
        for (auto& one : lanes_) {
            if (are_idle ? one.queue.empty() : !is_worth(one))
                continue;
            if (oldest == nullptr || one.queue.front()->since < oldest->queue.front()->since)
                oldest = &one;
        }
        return oldest;
    }

    void take_from(lane& one, batch& next_batch)
    {
        auto& items = next_batch.items;
        const std::size_t count = std::min(one.queue.size(), batch_max_ - items.size());
        if (count == 0)
            return;
        const auto end = one.queue.begin() + static_cast<std::ptrdiff_t>(count);
        std::move(one.queue.begin(), end, std::back_inserter(items));
        one.queue.erase(one.queue.begin(), end);
        size_ -= count;
        one.is_busy = true;
        next_batch.lanes.push_back(&one);
    }

    std::vector<lane> lanes_;
    std::size_t worth_from_;
    std::size_t batch_max_;
    std::size_t size_ = 0;
};

}  // namespace botapi::http
