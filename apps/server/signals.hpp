#pragma once

#include <atomic>
#include <functional>
#include <string_view>
#include <thread>

namespace botapi::app {

/// What signals do. Each is called on the watch's thread.
struct signal_actions {
    std::function<void(std::string_view)> stop;  ///< Gets the name of SIGTERM or SIGINT.
    std::function<void()> reload{};              ///< On SIGHUP; if empty, that ends the program.
};

/// Keeps SIGTERM and SIGINT, and SIGHUP if it is asked for, from this thread, and from those that
/// it starts from here on, until a `signal_watch` takes them.
///
/// Until the program has threads, the signals end it at once, as they always do.
void hold_signals(bool with_hangup);

/// Waits for signals on a thread of its own.
///
/// The first SIGTERM or SIGINT calls `stop`. The second ends the program on the spot, as do all
/// signals after the watch's end.
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
