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

/// Shuts down connections on which a server hangs. A slow server ends a late statement by itself; a
/// server that hangs, or whose machine has vanished, never does.
///
/// The watchdog shuts down each connection at its deadline, and all of them at once if the server
/// does not answer a probe.
///
/// Thread safety: any number of threads at once.
class watchdog {
public:
    /// How long a connection waits for an answer before the watchdog probes the server.
    static constexpr std::chrono::milliseconds suspicious{500};

    /// Whether the server answers at all. Called on a thread of the watchdog, and may block.
    using server_check = std::function<bool()>;

    /// Called before the connections are shut down. `since` is when the server stopped answering.
    using hang_listener = std::function<void(botcore::deadline since)>;

    watchdog(server_check probe, hang_listener on_hang);

    /// Shuts `socket` down at `until`, unless another `guard` or `release` comes first.
    void guard(int socket, botcore::deadline until);

    /// Stops guarding. To be called before the socket is closed, and when no answer is expected.
    void release(int socket) noexcept;

    /// Has the server probed now.
    void request_probe();

    /// Has the server probed now, and waits for the result: false if the server does not answer.
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
    std::uint64_t requested_ = 0;   ///< Probes requested so far. One probe serves all that wait.
    std::uint64_t completed_ = 0;   ///< The last request whose result is known.
    std::uint64_t unanswered_ = 0;  ///< The last request without an answer; 0 if there was none.
    std::jthread prober_;           // The threads are last: they end before what they use.
    std::jthread watcher_;
};

}  // namespace botapi::sql
