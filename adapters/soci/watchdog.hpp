#pragma once

#include <botcore/ports/deadline.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace botapi::sql {

/// Ends connections on which a server keeps us waiting for too long. A server that is slow ends a
/// statement by itself; one that hangs, or whose machine is gone without a word, never does.
///
/// Thread safety: any number of threads at once.
class watchdog {
public:
    watchdog();

    /// Shuts `socket` down at `until`, unless it is told something else before.
    void guard(int socket, botcore::deadline until);

    /// Before the socket is closed, or when nothing is expected of it.
    void release(int socket) noexcept;

private:
    void run(const std::stop_token& end);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<int, botcore::deadline> guarded_;
    botcore::deadline next_look_ = botcore::deadline::max();
    std::jthread thread_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::sql
