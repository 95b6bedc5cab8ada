#include "apps/server/key_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace botapi::app {

using namespace std::chrono_literals;

namespace {

/// A change of keys on one server takes effect on the others within a second, even if one refresh
/// times out.
constexpr auto refresh_interval = 100ms;
constexpr auto refresh_max = 400ms;

/// The database stores the last use of a key to the minute.
constexpr auto note_interval = 1s;
constexpr auto note_max = 5s;

/// Calls `work` repeatedly, with a pause before each call, until a stop is requested.
void repeat(
    const std::stop_token& stop,
    std::chrono::milliseconds pause,
    const std::invocable auto& work
)
{
    std::mutex mutex;
    std::condition_variable_any wake_up;
    std::unique_lock lock{mutex};
    while (!wake_up.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); }))
        work();
}

}  // namespace

// The watch ignores failures: the database is then unreachable, and requests fail as well.
key_watch::key_watch(
    botcore::key_service& keys,
    http::key_ring& ring,
    std::function<void()> on_known
)
    : refresher_{[&ring, on_known = std::move(on_known)](const std::stop_token& stop) {
          bool was_known = ring.is_known();
          repeat(stop, refresh_interval, [&] {
              static_cast<void>(ring.refresh(std::chrono::steady_clock::now() + refresh_max));
              if (!std::exchange(was_known, ring.is_known()) && was_known)
                  on_known();
          });
      }},
      recorder_{[&keys, &ring](const std::stop_token& stop) {
          bool can_sign = false;
          repeat(stop, note_interval, [&] {
              const auto until = std::chrono::steady_clock::now() + note_max;
              can_sign = can_sign || keys.ensure_signing(until);
              static_cast<void>(ring.note_uses(until));
          });
      }}
{
}

}  // namespace botapi::app
