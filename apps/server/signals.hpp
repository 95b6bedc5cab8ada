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

/// Keeps SIGHUP waiting until a `signal_watch` takes it, and for ever after the watch's end: it
/// never ends the program.
///
/// Call it before the program has threads: they inherit this from the thread that starts them.
void hold_hangups();

/// Does the same to SIGTERM and SIGINT, until the end of the watch. Before this call, and after the
/// watch's end, they end the program at once.
void hold_ends();

/// Waits for signals on a thread of its own.
///
/// The first SIGTERM or SIGINT calls `stop`. The second ends the program on the spot.
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
