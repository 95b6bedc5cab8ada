#pragma once

#include "adapters/http/access/key_ring.hpp"

#include <botcore/app/key_service.hpp>

#include <functional>
#include <thread>

namespace botapi::app {

/// Refreshes a key ring several times a second, and stores which keys were used. Each task has a
/// thread of its own, because a write waits for other writers, and a refresh does not.
///
/// Also makes the first secret that signs tokens, as soon as the database takes writes.
class key_watch {
public:
    /// Keeps references. Calls `on_known` once, on a thread of the watch, if the ring becomes known
    /// only after this call.
    key_watch(botcore::key_service& keys, http::key_ring& ring, std::function<void()> on_known);

private:
    std::jthread refresher_;
    std::jthread recorder_;
};

}  // namespace botapi::app
