#pragma once

#include <atomic>
#include <functional>
#include <string_view>
#include <thread>

namespace botapi::app {

/// Keeps SIGTERM and SIGINT from this thread, and from those that it starts from here on, until a
/// `signal_watch` takes them.
///
/// Until the program has threads, the signals end it at once, as they always do.
void hold_signals();

/// Waits for SIGTERM or SIGINT on a thread of its own.
///
/// The first calls `stop` with the signal's name, on that thread. The second ends the program on
/// the spot, as do all signals after the watch's end.
class signal_watch {
public:
    explicit signal_watch(std::function<void(std::string_view)> stop);
    ~signal_watch();

    signal_watch(const signal_watch&) = delete;
    signal_watch& operator=(const signal_watch&) = delete;

private:
    void watch();

    std::function<void(std::string_view)> stop_;
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

}  // namespace botapi::app
