#pragma once

#include <botcore/ports/stream_store.hpp>

#include <list>
#include <memory>
#include <shared_mutex>
#include <span>

namespace botcore {

/// Those who listen to a stream store: what its implementations have in common.
///
/// Thread safety: any number of threads may call at once. The callers' threads, that is: there is
/// none of its own.
class stream_listeners {
public:
    /// As `stream_store::listen`. The subscription must not outlive these listeners.
    [[nodiscard]] std::unique_ptr<stream_subscription> add(stream_store::listener told);

    /// Calls every listener.
    void tell(std::span<const stream_id> grown) const;

private:
    class one_of;

    mutable std::shared_mutex mutex_;  ///< Held, shared, while listeners are called.
    std::list<stream_store::listener> all_;
};

}  // namespace botcore
