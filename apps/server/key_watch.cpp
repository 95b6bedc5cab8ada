#include "apps/server/key_watch.hpp"

#include <chrono>
#include <stop_token>

namespace botapi::app {

using namespace std::chrono_literals;

namespace {

/// What is done on one server counts on the others within a second, the time of a look included.
constexpr auto interval = 250ms;
constexpr auto look_max = 500ms;

}  // namespace

key_watch::key_watch(http::key_ring& ring)
    : thread_{[this, &ring](const std::stop_token& end) {
          std::unique_lock lock{mutex_};
          while (!end.stop_requested()) {
              pause_.wait_for(lock, end, interval, [] { return false; });
              // Should it fail, the database is away, and requests fail as well.
              static_cast<void>(ring.refresh(std::chrono::steady_clock::now() + look_max));
          }
      }}
{
}

}  // namespace botapi::app
