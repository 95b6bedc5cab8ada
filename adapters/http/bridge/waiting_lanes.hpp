#pragma once

#include "adapters/http/bridge/coalescer_limits.hpp"
#include "adapters/http/bridge/fair_queue.hpp"
#include "adapters/http/bridge/waiting_terms.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::http {

/// Holds items that wait for a batch, and chooses the next batch. `Waiting` has the time point
/// `since` and the `terms` of `fair_queue`.
///
/// Two batches that run at once never have items of the same lane. While few items wait, a batch
/// takes items of all lanes. A lane whose items are worth a batch of their own does not wait for
/// the batches of other lanes.
///
/// The number and the weight of the items in a batch are limited. An item is heavy if it weighs
/// more than a client's credit in one round. Light items never share a batch with a heavy one,
/// because they would wait for it. Where several batches may run at once, heavy items have a
/// separate lane, so that no light item waits for a heavy one at all.
///
/// Thread safety: none. The caller holds a lock.
template <class Waiting>
class waiting_lanes {
    struct lane {
        fair_queue<Waiting> queue{};
        bool is_busy = false;  ///< Whether a running batch has items of this lane.
    };

public:
    /// Items to process together. Its lanes are busy until `end` is called.
    struct batch {
        std::vector<std::unique_ptr<Waiting>> items{};
        std::vector<lane*> lanes{};
        std::size_t weight = 0;
    };

    /// `limits.parallel_from` items of one lane, at least 1, are worth a batch of their own.
    explicit waiting_lanes(const coalescer_limits& limits) : limits_{limits}, lanes_(limits.lanes)
    {
        if (lanes_.size() > 1)
            heavy_lane_.emplace();
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Whether one more item may wait. In one lane, a client may have three quarters of the items
    /// that may wait in total. There is no room behind an item of the same client that has waited
    /// for `wait_max`, nor after `take` has returned nothing for `wait_max`.
    [[nodiscard]] bool has_room(
        const waiting_terms& terms,
        std::chrono::steady_clock::time_point now
    )
    {
        if (size_ >= limits_.waiting_max || weight_ >= limits_.waiting_weight_max)
            return false;
        if (size_ > 0 && now - moved_at_ > limits_.wait_max)
            return false;
        if (count_of(terms.client) >= limits_.waiting_max - limits_.waiting_max / 4)
            return false;
        const auto* const oldest = lane_of(terms).queue.oldest_of(terms.client);
        return oldest == nullptr || now - oldest->since <= limits_.wait_max;
    }

    void push(std::unique_ptr<Waiting> item)
    {
        if (size_ == 0)
            moved_at_ = item->since;
        weight_ += item->terms.weight;
        auto& chosen = lane_of(item->terms);
        chosen.queue.push(std::move(item));
        ++size_;
    }

    /// Whether `take` would return items.
    [[nodiscard]] bool has_batch() const
    {
        if (can_begin_heavy())
            return true;
        if (are_idle())
            return size_of_lanes() > 0;
        return std::ranges::any_of(lanes_, [this](const lane& one) { return is_worth(one); });
    }

    /// The next batch: from all lanes if they are idle and few items wait, else from one lane.
    /// Empty if no batch can begin now.
    batch take()
    {
        batch next;
        if (are_idle() && size_of_lanes() < lanes_.size() * limits_.parallel_from) {
            for (auto& one : lanes_)
                take_from(one, next);
        } else if (lane* const chosen = next_due())
            take_from(*chosen, next);
        if (next.items.empty() && can_begin_heavy())
            take_from(*heavy_lane_, next);
        return next;
    }

    /// Ends a batch: its lanes are free again.
    void end(const batch& finished_batch)
    {
        for (lane* const one : finished_batch.lanes)
            one->is_busy = false;
    }

private:
    [[nodiscard]] static bool is_heavy(const waiting_terms& terms) noexcept
    {
        return terms.weight > fair_queue<Waiting>::quantum;
    }

    [[nodiscard]] lane& lane_of(const waiting_terms& terms)
    {
        return heavy_lane_ && is_heavy(terms) ? *heavy_lane_ : lanes_[terms.lane % lanes_.size()];
    }

    /// The items of a client, in all lanes.
    [[nodiscard]] std::size_t count_of(std::size_t client) const
    {
        std::size_t count = heavy_lane_ ? heavy_lane_->queue.count_of(client) : 0;
        for (const auto& one : lanes_)
            count += one.queue.count_of(client);
        return count;
    }

    /// Whether no batch runs, except one of heavy items that have a lane of their own.
    [[nodiscard]] bool are_idle() const { return std::ranges::none_of(lanes_, &lane::is_busy); }

    [[nodiscard]] bool can_begin_heavy() const
    {
        return heavy_lane_ && !heavy_lane_->is_busy && !heavy_lane_->queue.empty();
    }

    /// The number of items that wait, except in the lane of the heavy ones.
    [[nodiscard]] std::size_t size_of_lanes() const noexcept
    {
        return size_ - (heavy_lane_ ? heavy_lane_->queue.size() : 0);
    }

    [[nodiscard]] bool is_worth(const lane& one) const
    {
        return !one.is_busy && one.queue.size() >= limits_.parallel_from;
    }

    /// The lane whose next item has waited longest, of those from which a batch may begin now.
    lane* next_due()
    {
        const bool are_idle = this->are_idle();
        lane* first = nullptr;
        for (auto& one : lanes_) {
            if (are_idle ? one.queue.empty() : !is_worth(one))
                continue;
            if (first == nullptr || one.queue.next().since < first->queue.next().since)
                first = &one;
        }
        return first;
    }

    void take_from(lane& one, batch& next_batch)
    {
        const auto count = next_batch.items.size();
        while (!one.queue.empty() && is_open(next_batch) && fits(one.queue.next(), next_batch)) {
            next_batch.items.push_back(one.queue.pop());
            const auto weight = next_batch.items.back()->terms.weight;
            next_batch.weight += weight;
            weight_ -= weight;
            --size_;
        }
        if (next_batch.items.size() == count)
            return;
        moved_at_ = std::chrono::steady_clock::now();
        one.is_busy = true;
        next_batch.lanes.push_back(&one);
    }

    /// Whether any item could be added. It is asked before `fair_queue::next`, which lets rounds
    /// pass until a client has the credit for its item: while a batch runs, a client that is alone
    /// now would save up for its next item, and then come before a client that arrives meanwhile.
    [[nodiscard]] bool is_open(const batch& begun) const
    {
        if (begun.items.empty())
            return true;
        const std::size_t lightest = is_heavy(begun.items.front()->terms)
                                         ? fair_queue<Waiting>::quantum + 1
                                         : 1;
        return begun.items.size() < limits_.batch_max &&
               begun.weight + lightest <= limits_.batch_weight_max;
    }

    [[nodiscard]] bool fits(const Waiting& item, const batch& begun) const
    {
        if (begun.items.empty())
            return true;
        return begun.weight + item.terms.weight <= limits_.batch_weight_max &&
               is_heavy(item.terms) == is_heavy(begun.items.front()->terms);
    }

    coalescer_limits limits_;
    std::vector<lane> lanes_;
    std::optional<lane> heavy_lane_{};
    std::size_t size_ = 0;
    std::size_t weight_ = 0;
    /// When a batch last took items, or when an item entered the empty queue, whichever is later.
    std::chrono::steady_clock::time_point moved_at_{};
};

}  // namespace botapi::http
