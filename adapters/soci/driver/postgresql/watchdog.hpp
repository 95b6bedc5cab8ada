#pragma once

#include <botcore/ports/deadline.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace botapi::sql {

/// Shuts down connections to a server that hangs. A slow server ends a late statement itself. A
/// server that hangs, or whose host is down, does not.
///
/// The watchdog shuts down each connection at its deadline. It shuts down all connections if the
/// server does not answer a probe.
///
/// Thread safety: any number of threads at once.
class watchdog {
public:
    /// How long a connection waits for an answer before the watchdog probes the server.
    static constexpr std::chrono::milliseconds suspicious{500};

    /// Probes the server. False if it does not answer. Runs on a thread of the watchdog, and may
    /// block.
    using server_check = std::function<bool()>;

    /// Called before the connections are shut down. `since` is when the server stopped answering.
    using hang_listener = std::function<void(botcore::deadline since)>;

    watchdog(server_check probe, hang_listener on_hang);

    /// Shuts `socket` down at `until`, unless another `guard` or `release` comes first.
    void guard(int socket, botcore::deadline until);

    /// Stops guarding. Call it before the socket is closed, and when no answer is expected.
    void release(int socket) noexcept;

    /// Starts a probe of the server.
    void request_probe();

    /// Starts a probe of the server and waits for its result. False if the server does not answer.
    bool is_answered();

private:
    struct watch {
        botcore::deadline since;
        botcore::deadline until;
        botcore::deadline next_probe;
    };

    void run(const std::stop_token& end);
    void run_probes(const std::stop_token& end);
    void shut_down_all(botcore::deadline since);

    server_check probe_;
    hang_listener on_hang_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<int, watch> guarded_;
    botcore::deadline next_check_ = botcore::deadline::max();
    std::uint64_t requested_ =
        0;  ///< Probes requested so far. One probe serves all waiting requests.
    std::uint64_t completed_ = 0;   ///< The last request whose result is known.
    std::uint64_t unanswered_ = 0;  ///< The last request without an answer; 0 if there was none.
    std::jthread prober_;           // The threads are last: they end before what they use.
    std::jthread watcher_;
};

}  // namespace botapi::sql
