#pragma once

#include "adapters/http/protocol/read_progress.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>

#include <atomic>

namespace botapi::http {

struct caller;

/// How long a caller waits: until a deadline, but no longer than its client is connected.
struct wait_limit {
    wait_limit() = default;

    /// Implicit: a caller that has only a deadline stays until then.
    wait_limit(  // NOLINT(google-explicit-constructor)
        botcore::deadline deadline,
        const std::atomic<bool>* client_is_gone = nullptr
    ) noexcept
        : end{deadline}, is_gone{client_is_gone}
    {
    }

    /// Implicit: the core gets only the deadline.
    operator botcore::deadline() const noexcept  // NOLINT(google-explicit-constructor)
    {
        return end;
    }

    /// Implicit: a read that demands no other freshness sees the latest.
    operator botcore::read_terms() const noexcept  // NOLINT(google-explicit-constructor)
    {
        if (reads == nullptr)
            return end;
        const auto demanded = reads->demand();
        return {end, demanded, reads->report()};
    }

    /// The caller with a key or token, or nobody where none was needed, must still be admitted
    /// after a long wait. `caller` must outlive the wait.
    void guard(const http::caller* admitted) noexcept
    {
        caller = admitted;
        is_guarded = true;
    }

    /// Whether the caller waits no longer.
    [[nodiscard]] bool is_over(botcore::deadline now) const noexcept
    {
        return end < now || (is_gone != nullptr && is_gone->load(std::memory_order_relaxed));
    }

    botcore::deadline end{};
    const std::atomic<bool>* is_gone = nullptr;  ///< Must outlive the wait.
    const http::caller* caller = nullptr;        ///< See `guard`.
    bool is_guarded = false;
    read_progress* reads = nullptr;  ///< Of a read; must outlive the wait. Null: the latest.
};

}  // namespace botapi::http
