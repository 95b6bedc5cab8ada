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

/// What waits to be done in batches, and what of it is the next one. `Waiting` has the time point
/// `since`.
///
/// Items of one lane are never in two batches at once. While few wait, a batch takes those of all
/// lanes. Only what is worth a batch of its own does not wait for the batches of other lanes.
///
/// Thread safety: none. Who calls holds a lock.
template <class Waiting>
class waiting_lanes {
    struct lane {
        std::deque<std::unique_ptr<Waiting>> queue{};
        bool is_busy = false;  ///< Items of it are in a batch that is under way.
    };

public:
    /// What is done together; its lanes are busy until `end` is called.
    struct batch {
        std::vector<std::unique_ptr<Waiting>> items{};
        std::vector<lane*> lanes{};
    };

    /// `worth_from` items of one lane are worth a batch of their own, at least 1. No batch has more
    /// than `batch_max`.
    waiting_lanes(std::size_t lanes, std::size_t worth_from, std::size_t batch_max)
        : lanes_(lanes), worth_from_{worth_from}, batch_max_{batch_max}
    {
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Whether somebody waits for longer than that.
    [[nodiscard]] bool have_waited(
        std::chrono::nanoseconds that,
        std::chrono::steady_clock::time_point now
    ) const
    {
        return std::ranges::any_of(lanes_, [&](const lane& one) {
            return !one.queue.empty() && now - one.queue.front()->since > that;
        });
    }

    /// Items of equal `key` are in one lane.
    void push(std::unique_ptr<Waiting> item, std::size_t key)
    {
        lanes_[key % lanes_.size()].queue.push_back(std::move(item));
        ++size_;
    }

    /// Whether `take` would take something.
    [[nodiscard]] bool has_batch() const
    {
        if (are_idle())
            return size_ > 0;
        return std::ranges::any_of(lanes_, [this](const lane& one) { return is_worth(one); });
    }

    /// The next batch: of all lanes if they are idle and it is little, else of one. Empty, if
    /// nothing waits that is worth one now.
    batch take()
    {
        batch taken;
        if (are_idle() && size_ < lanes_.size() * worth_from_) {
            for (auto& one : lanes_)
                take_from(one, taken);
        } else if (lane* const next = longest_waiting())
            take_from(*next, taken);
        return taken;
    }

    /// The batch is done, and its lanes are free again.
    void end(const batch& done)
    {
        for (lane* const one : done.lanes)
            one->is_busy = false;
    }

private:
    [[nodiscard]] bool are_idle() const { return std::ranges::none_of(lanes_, &lane::is_busy); }

    [[nodiscard]] bool is_worth(const lane& one) const
    {
        return !one.is_busy && one.queue.size() >= worth_from_;
    }

    /// Of the lanes that may be taken now, that whose first item has waited longest.
    lane* longest_waiting()
    {
        const bool are_idle = this->are_idle();
        lane* found = nullptr;
        for (auto& one : lanes_) {
            if (are_idle ? one.queue.empty() : !is_worth(one))
                continue;
            if (found == nullptr || one.queue.front()->since < found->queue.front()->since)
                found = &one;
        }
        return found;
    }

    void take_from(lane& one, batch& taken)
    {
        auto& items = taken.items;
        const std::size_t count = std::min(one.queue.size(), batch_max_ - items.size());
        if (count == 0)
            return;
        const auto end = one.queue.begin() + static_cast<std::ptrdiff_t>(count);
        std::move(one.queue.begin(), end, std::back_inserter(items));
        one.queue.erase(one.queue.begin(), end);
        size_ -= count;
        one.is_busy = true;
        taken.lanes.push_back(&one);
    }

    std::vector<lane> lanes_;
    std::size_t worth_from_;
    std::size_t batch_max_;
    std::size_t size_ = 0;
};

}  // namespace botapi::http
