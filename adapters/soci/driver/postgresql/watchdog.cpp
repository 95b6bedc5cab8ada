#include "adapters/soci/driver/postgresql/watchdog.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <utility>

namespace botapi::sql {

using botcore::deadline;
using std::chrono::steady_clock;

watchdog::watchdog(question answers, alarm hangs)
    : answers_{std::move(answers)},
      hangs_{std::move(hangs)},
      asking_{[this](const std::stop_token& end) { ask_when_told(end); }},
      watching_{[this](const std::stop_token& end) { run(end); }}
{
}

// Deadlines mostly come in order: the thread is rarely woken.
void watchdog::guard(int socket, deadline until)
{
    const auto now = steady_clock::now();
    const std::lock_guard lock{mutex_};
    const watch made{.since = now, .until = until, .next_question = now + suspicious};
    guarded_[socket] = made;
    const auto look = std::min(made.until, made.next_question);
    if (look < next_look_) {
        next_look_ = look;
        changed_.notify_all();
    }
}

void watchdog::release(int socket) noexcept
{
    const std::lock_guard lock{mutex_};
    guarded_.erase(socket);
}

void watchdog::ask()
{
    const std::lock_guard lock{mutex_};
    ++wanted_;
    changed_.notify_all();
}

bool watchdog::is_answered()
{
    std::unique_lock lock{mutex_};
    const auto before = answered_;
    const auto mine = ++wanted_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return answered_ >= mine || hung_ > before; });
    return hung_ <= before;
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
        const auto now = steady_clock::now();
        next_look_ = deadline::max();
        for (auto one = guarded_.begin(); one != guarded_.end();) {
            auto& [socket, watched] = *one;
            if (watched.until <= now) {
                ::shutdown(socket, SHUT_RDWR);
                one = guarded_.erase(one);
                continue;
            }
            if (watched.next_question <= now) {
                watched.next_question = now + suspicious;
                ++wanted_;
                changed_.notify_all();
            }
            next_look_ = std::min({next_look_, watched.until, watched.next_question});
            ++one;
        }
    }
}

void watchdog::ask_when_told(const std::stop_token& end)
{
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, end, [&] { return answered_ < wanted_; })) {
        const auto asking = wanted_;
        const auto asked = steady_clock::now();
        lock.unlock();
        const bool is_well = answers_();
        lock.lock();
        if (!is_well) {
            end_all(asked);
            hung_ = asking;
        }
        answered_ = asking;
        changed_.notify_all();
    }
}

/// The server has said nothing since then, or longer.
void watchdog::end_all(deadline since)
{
    for (const auto& [socket, watched] : guarded_)
        since = std::min(since, watched.since);
    hangs_(since);
    for (const auto& [socket, watched] : guarded_)
        ::shutdown(socket, SHUT_RDWR);
    guarded_.clear();
}

}  // namespace botapi::sql
