#pragma once

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>

#include <atomic>

namespace botapi::http {

/// How long somebody waits: until an instant, and no longer than somebody is there.
struct wait_limit {
    wait_limit() = default;

    /// Implicit: who has a deadline alone is taken to be there.
    wait_limit(  // NOLINT(google-explicit-constructor)
        botcore::deadline instant,
        const std::atomic<bool>* whether_gone = nullptr
    ) noexcept
        : end{instant}, is_gone{whether_gone}
    {
    }

    /// Implicit: the core is told the deadline, and nothing else.
    operator botcore::deadline() const noexcept  // NOLINT(google-explicit-constructor)
    {
        return end;
    }

    /// Implicit: a read that demands no other freshness sees the latest.
    operator botcore::read_terms() const noexcept  // NOLINT(google-explicit-constructor)
    {
        return end;
    }

    /// Whether nobody waits any more.
    [[nodiscard]] bool is_over(botcore::deadline now) const noexcept
    {
        return end < now || (is_gone != nullptr && is_gone->load(std::memory_order_relaxed));
    }

    botcore::deadline end{};
    const std::atomic<bool>* is_gone = nullptr;  ///< Must outlive the wait.
};

}  // namespace botapi::http
