#include "apps/server/key_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace botapi::app {

using namespace std::chrono_literals;

namespace {

/// What is done on one server counts on the others within a second. A look that has to be given up
/// leaves time for another one.
constexpr auto look_interval = 100ms;
constexpr auto look_max = 400ms;

/// Uses are kept to the minute.
constexpr auto note_interval = 1s;
constexpr auto note_max = 5s;

/// Calls `work` again and again, with a pause before each call, until `end` is asked for.
void repeat(
    const std::stop_token& end,
    std::chrono::milliseconds pause,
    const std::invocable auto& work
)
{
    std::mutex mutex;
    std::condition_variable_any paused;
    std::unique_lock lock{mutex};
    while (!paused.wait_for(lock, end, pause, [&] { return end.stop_requested(); }))
        work();
}

}  // namespace

// Should one of them fail, the database is away, and requests fail as well.
key_watch::key_watch(http::key_ring& ring)
    : looking_{[&ring](const std::stop_token& end) {
          repeat(end, look_interval, [&] {
              static_cast<void>(ring.refresh(std::chrono::steady_clock::now() + look_max));
          });
      }},
      noting_{[&ring](const std::stop_token& end) {
          repeat(end, note_interval, [&] {
              static_cast<void>(ring.note_uses(std::chrono::steady_clock::now() + note_max));
          });
      }}
{
}

}  // namespace botapi::app
