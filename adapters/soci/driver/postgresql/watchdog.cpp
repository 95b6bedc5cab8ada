#include "adapters/soci/driver/postgresql/watchdog.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <utility>

namespace botapi::sql {

using botcore::deadline;
using std::chrono::steady_clock;

watchdog::watchdog(server_check probe, hang_listener on_hang)
    : probe_{std::move(probe)},
      on_hang_{std::move(on_hang)},
      prober_{[this](const std::stop_token& end) { run_probes(end); }},
      watcher_{[this](const std::stop_token& end) { run(end); }}
{
}

// Most deadlines come in ascending order, so this rarely wakes the thread.
void watchdog::guard(int socket, deadline until)
{
    const auto now = steady_clock::now();
    const std::lock_guard lock{mutex_};
    const watch added{.since = now, .until = until, .next_probe = now + suspicious};
    guarded_[socket] = added;
    const auto due = std::min(added.until, added.next_probe);
    if (due < next_check_) {
        next_check_ = due;
        changed_.notify_all();
    }
}

void watchdog::release(int socket) noexcept
{
    const std::lock_guard lock{mutex_};
    guarded_.erase(socket);
}

void watchdog::request_probe()
{
    const std::lock_guard lock{mutex_};
    ++requested_;
    changed_.notify_all();
}

bool watchdog::is_answered()
{
    std::unique_lock lock{mutex_};
    const auto before = completed_;
    const auto request = ++requested_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return completed_ >= request || unanswered_ > before; });
    return unanswered_ <= before;
}

void watchdog::run(const std::stop_token& end)
{
    std::unique_lock lock{mutex_};
    while (!end.stop_requested()) {
        const auto planned_check = next_check_;
        const auto is_earlier = [&] { return next_check_ < planned_check; };
        if (planned_check == deadline::max()) {
            changed_.wait(lock, end, is_earlier);
        } else {
            changed_.wait_until(lock, end, planned_check, is_earlier);
        }
        const auto now = steady_clock::now();
        next_check_ = deadline::max();
        for (auto entry = guarded_.begin(); entry != guarded_.end();) {
            auto& [socket, watched] = *entry;
            if (watched.until <= now) {
                ::shutdown(socket, SHUT_RDWR);
                entry = guarded_.erase(entry);
                continue;
            }
            if (watched.next_probe <= now) {
                watched.next_probe = now + suspicious;
                ++requested_;
                changed_.notify_all();
            }
            next_check_ = std::min({next_check_, watched.until, watched.next_probe});
            ++entry;
        }
    }
}

void watchdog::run_probes(const std::stop_token& end)
{
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, end, [&] { return completed_ < requested_; })) {
        const auto probed = requested_;
        const auto began = steady_clock::now();
        lock.unlock();
        const bool has_answered = probe_();
        lock.lock();
        if (!has_answered) {
            shut_down_all(began);
            unanswered_ = probed;
        }
        completed_ = probed;
        changed_.notify_all();
    }
}

/// Shuts down all guarded connections. The server has not answered since `since`, or since the
/// earliest of these connections began to wait.
void watchdog::shut_down_all(deadline since)
{
    for (const auto& [socket, watched] : guarded_)
        since = std::min(since, watched.since);
    on_hang_(since);
    for (const auto& [socket, watched] : guarded_)
        ::shutdown(socket, SHUT_RDWR);
    guarded_.clear();
}

}  // namespace botapi::sql
