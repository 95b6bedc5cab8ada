#pragma once

#include <algorithm>
#include <chrono>

namespace botapi::http {

/// Decides when to refuse callers that find no room: a few at a time, however many come.
///
/// Among thousands of connections, reading and refusing one request takes about 50 µs of a
/// processor. Clients that repeat refused requests at once would use up the processor that the
/// accepted requests need. Callers are refused in bursts: when each refusal came at a time of its
/// own, the server accepted fewer requests (docs/reliability.md).
///
/// Thread safety: none. The caller holds a lock.
class refusal_pace {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The time for one refusal. At this rate refusals take a quarter of one processor.
    static constexpr std::chrono::microseconds interval{200};
    static constexpr std::chrono::milliseconds burst{10};

    /// When the caller that came at `now` is refused: within `burst`, and `interval` later for each
    /// caller that waits for its refusal already.
    time_point next(time_point now)
    {
        next_ = std::max(next_ + interval, now);
        const auto into = next_.time_since_epoch() % burst;
        return next_ + (burst - into);
    }

private:
    time_point next_{};
};

}  // namespace botapi::http
