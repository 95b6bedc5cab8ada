#pragma once

#include "tests/contract/fixture.hpp"

#include <botcore/ports/stream_store.hpp>

#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>

/// What was told to a listener.
class hints {
public:
    explicit hints(botcore::stream_store& store)
        : subscription_{
              store.listen([this](std::span<const botcore::stream_id> grown) { keep(grown); })}
    {
    }

    /// Whether `stream` is heard of, now or soon.
    bool tell_of(const botcore::stream_id& stream)
    {
        return wait([&] { return told_.contains(stream); });
    }

    /// Whether it is heard, now or soon, that any stream may have grown.
    bool tell_of_any()
    {
        return wait([&] { return any_ > 0; });
    }

    void forget()
    {
        const std::lock_guard lock{mutex_};
        told_.clear();
        any_ = 0;
    }

    [[nodiscard]] bool are_empty() const
    {
        const std::lock_guard lock{mutex_};
        return told_.empty() && any_ == 0;
    }

    /// How often `stream` was heard of.
    [[nodiscard]] std::size_t count(const botcore::stream_id& stream) const
    {
        const std::lock_guard lock{mutex_};
        const auto found = told_.find(stream);
        return found == told_.end() ? 0 : found->second;
    }

    void end() { subscription_.reset(); }

private:
    template <class Condition>
    bool wait(Condition is_met)
    {
        std::unique_lock lock{mutex_};
        return heard_.wait_until(lock, soon(), is_met);
    }

    void keep(std::span<const botcore::stream_id> grown)
    {
        {
            const std::lock_guard lock{mutex_};
            any_ += grown.empty() ? 1U : 0U;
            for (const auto& one : grown)
                ++told_[one];
        }
        heard_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable heard_;
    std::map<botcore::stream_id, std::size_t> told_;
    std::size_t any_ = 0;
    std::unique_ptr<botcore::stream_subscription> subscription_;
};
