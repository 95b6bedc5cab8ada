#pragma once

#include <botcore/ports/stream_store.hpp>

#include <list>
#include <memory>
#include <shared_mutex>
#include <span>

namespace botcore {

/// The listeners of a stream store. All implementations of `stream_store` use it.
///
/// Thread safety: any number of threads may call at once. Listeners run on the thread of `notify`.
class stream_listeners {
public:
    /// As `stream_store::listen`. The subscription must not outlive these listeners.
    [[nodiscard]] std::unique_ptr<stream_subscription> add(stream_store::listener on_change);

    /// Calls every listener.
    void notify(std::span<const stream_id> grown) const;

private:
    class subscription;

    mutable std::shared_mutex mutex_;  ///< `notify` holds it shared during its calls.
    std::list<stream_store::listener> all_;
};

}  // namespace botcore
