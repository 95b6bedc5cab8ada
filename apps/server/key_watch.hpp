#pragma once

#include "adapters/http/access/key_ring.hpp"

#include <thread>

namespace botapi::app {

/// Refreshes a ring of keys many times a second, and notes which ones were used: on a thread for
/// each, since noting waits for others who write, and looking does not.
class key_watch {
public:
    /// Keeps a reference.
    explicit key_watch(http::key_ring& ring);

private:
    std::jthread looking_;
    std::jthread noting_;
};

}  // namespace botapi::app
