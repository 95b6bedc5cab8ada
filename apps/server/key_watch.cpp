#include "apps/server/key_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

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
key_watch::key_watch(
    botcore::key_service& keys,
    http::key_ring& ring,
    std::function<void()> learned
)
    : looking_{[&ring, learned = std::move(learned)](const std::stop_token& end) {
          bool was_known = ring.is_known();
          repeat(end, look_interval, [&] {
              static_cast<void>(ring.refresh(std::chrono::steady_clock::now() + look_max));
              if (!std::exchange(was_known, ring.is_known()) && was_known)
                  learned();
          });
      }},
      noting_{[&keys, &ring](const std::stop_token& end) {
          bool can_sign = false;
          repeat(end, note_interval, [&] {
              const auto until = std::chrono::steady_clock::now() + note_max;
              can_sign = can_sign || keys.ensure_signing(until);
              static_cast<void>(ring.note_uses(until));
          });
      }}
{
}

}  // namespace botapi::app
