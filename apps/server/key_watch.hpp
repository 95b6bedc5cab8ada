#pragma once

#include "adapters/http/access/key_ring.hpp"

#include <botcore/app/key_service.hpp>

#include <functional>
#include <thread>

namespace botapi::app {

/// Refreshes a ring of keys many times a second, and notes which ones were used: on a thread for
/// each, since noting waits for others who write, and looking does not.
///
/// Also makes the first secret to sign tokens with, as soon as the database takes writes.
class key_watch {
public:
    /// Keeps references. `learned` is called once, on a thread of the watch, if the ring becomes
    /// known only after this call.
    key_watch(botcore::key_service& keys, http::key_ring& ring, std::function<void()> learned);

private:
    std::jthread looking_;
    std::jthread noting_;
};

}  // namespace botapi::app
