#pragma once

#include <atomic>
#include <functional>
#include <string_view>
#include <thread>

namespace botapi::app {

/// The handlers of signals. Each is called on the watch's thread.
struct signal_actions {
    std::function<void(std::string_view)> stop;  ///< Gets the name of SIGTERM or SIGINT.
    std::function<void()> reload;                ///< Called on every SIGHUP.
};

/// Blocks SIGHUP, so that it never ends the program. A `signal_watch` handles it while the watch
/// exists. Before and after that, it stays pending.
///
/// Call this before the program starts threads: they inherit the signal mask.
void hold_hangups();

/// Blocks SIGTERM and SIGINT until the end of the watch, which unblocks them. Before this call, and
/// after the end of the watch, they end the program immediately.
void hold_ends();

/// Waits for signals on a thread of its own.
///
/// The first SIGTERM or SIGINT calls `stop`. The second ends the program immediately.
class signal_watch {
public:
    explicit signal_watch(signal_actions actions);
    ~signal_watch();

    signal_watch(const signal_watch&) = delete;
    signal_watch& operator=(const signal_watch&) = delete;

private:
    void watch();
    [[nodiscard]] int next_end() const;

    signal_actions actions_;
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

}  // namespace botapi::app
