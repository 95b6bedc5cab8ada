#pragma once

#include "adapters/http/access/key_ring.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace botapi::app {

/// Refreshes a ring of keys several times a second, on a thread of its own.
class key_watch {
public:
    /// Keeps a reference.
    explicit key_watch(http::key_ring& ring);

private:
    std::mutex mutex_;
    std::condition_variable_any pause_;
    std::jthread thread_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::app
