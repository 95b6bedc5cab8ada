#pragma once

#include "tests/contract/fixture.hpp"

#include <botcore/ports/stream_store.hpp>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>

/// Counts the notifications of a listener.
class hints {
public:
    explicit hints(botcore::stream_store& store)
        : subscription_{
              store.listen([this](std::span<const botcore::stream_id> grown) { keep(grown); })}
    {
    }

    /// Waits for a notification of `stream`. False if none comes in time.
    bool wait_for(const botcore::stream_id& stream)
    {
        return wait([&] { return counts_.contains(stream); });
    }

    /// Waits for a notification that any stream may have grown. False if none comes in time.
    bool wait_for_any()
    {
        return wait([&] { return any_ > 0; });
    }

    void forget()
    {
        const std::lock_guard lock{mutex_};
        counts_.clear();
        any_ = 0;
    }

    [[nodiscard]] bool are_empty() const
    {
        const std::lock_guard lock{mutex_};
        return counts_.empty() && any_ == 0;
    }

    /// The number of notifications of `stream`.
    [[nodiscard]] std::size_t count(const botcore::stream_id& stream) const
    {
        const std::lock_guard lock{mutex_};
        const auto found = counts_.find(stream);
        return found == counts_.end() ? 0 : found->second;
    }

    void end() { subscription_.reset(); }

private:
    template <class Condition>
    bool wait(Condition is_met)
    {
        std::unique_lock lock{mutex_};
        return changed_.wait_until(lock, soon(), is_met);
    }

    void keep(std::span<const botcore::stream_id> grown)
    {
        {
            const std::lock_guard lock{mutex_};
            any_ += grown.empty() ? 1U : 0U;
            for (const auto& one : grown)
                ++counts_[one];
        }
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<botcore::stream_id, std::size_t> counts_;
    std::size_t any_ = 0;
    std::unique_ptr<botcore::stream_subscription> subscription_;
};
