#pragma once

#include <algorithm>
#include <chrono>

namespace botapi::http {

/// When those who come while there is no room are turned away: a few at a time, however many come.
///
/// To read what one asks and turn it away takes some 50 µs of a processor among thousands of
/// connections. Clients that ask again at once would take all of the processor that those who were
/// let in wait for. They are turned away in bursts, since less was taken where each had a moment of
/// its own (docs/reliability.md).
///
/// Thread safety: none. Who calls holds a lock.
class refusal_pace {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// One in so much time, which takes a quarter of one processor.
    static constexpr std::chrono::microseconds interval{200};
    static constexpr std::chrono::milliseconds burst{10};

    /// When it is the turn of one who came at `now`: within `burst`, and `interval` for each who
    /// waits for its turn already.
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
