#include "adapters/soci/watchdog.hpp"

#include <algorithm>
#include <chrono>
#include <sys/socket.h>

namespace botapi::sql {

using botcore::deadline;

watchdog::watchdog() : thread_{[this](const std::stop_token& end) { run(end); }} {}

// Deadlines mostly come in order: the thread is rarely woken.
void watchdog::guard(int socket, deadline until)
{
    const std::lock_guard lock{mutex_};
    guarded_[socket] = until;
    if (until < next_look_) {
        next_look_ = until;
        changed_.notify_one();
    }
}

void watchdog::release(int socket) noexcept
{
    const std::lock_guard lock{mutex_};
    guarded_.erase(socket);
}

void watchdog::run(const std::stop_token& end)
{
    std::unique_lock lock{mutex_};
    while (!end.stop_requested()) {
        const auto planned = next_look_;
        const auto is_earlier = [&] { return next_look_ < planned; };
        if (planned == deadline::max()) {
            changed_.wait(lock, end, is_earlier);
        } else {
            changed_.wait_until(lock, end, planned, is_earlier);
        }
        const auto now = std::chrono::steady_clock::now();
        next_look_ = deadline::max();
        for (auto one = guarded_.begin(); one != guarded_.end();) {
            const auto [socket, until] = *one;
            if (until <= now) {
                ::shutdown(socket, SHUT_RDWR);
                one = guarded_.erase(one);
                continue;
            }
            next_look_ = std::min(next_look_, until);
            ++one;
        }
    }
}

}  // namespace botapi::sql
