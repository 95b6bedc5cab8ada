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

/// Ends connections on which a server keeps us waiting. A server that is slow ends a statement by
/// itself; one that hangs, or whose machine is gone without a word, never does.
///
/// Each connection is ended at its deadline, and all are at once if the server answers nobody.
///
/// Thread safety: any number of threads at once.
class watchdog {
public:
    /// After so long somebody who waits has the server asked whether it answers.
    static constexpr std::chrono::milliseconds suspicious{500};

    /// Says whether the server answers at all. Called on a thread of the watchdog's, and may block.
    using question = std::function<bool()>;

    /// Is told since when a server has answered nobody, before the connections end.
    using alarm = std::function<void(botcore::deadline since)>;

    watchdog(question answers, alarm hangs);

    /// Shuts `socket` down at `until`, unless it is told something else before.
    void guard(int socket, botcore::deadline until);

    /// Before the socket is closed, or when nothing is expected of it.
    void release(int socket) noexcept;

    /// Has the server asked now.
    void ask();

    /// Has the server asked now, and waits for what comes of it: false if it answers nobody.
    bool is_answered();

private:
    struct watch {
        botcore::deadline since;
        botcore::deadline until;
        botcore::deadline next_question;
    };

    void run(const std::stop_token& end);
    void ask_when_told(const std::stop_token& end);
    void end_all(botcore::deadline since);

    question answers_;
    alarm hangs_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<int, watch> guarded_;
    botcore::deadline next_look_ = botcore::deadline::max();
    std::uint64_t wanted_ = 0;    ///< Questions so far. Those not begun yet are put as one.
    std::uint64_t answered_ = 0;  ///< Up to which it is known what came of them.
    std::uint64_t hung_ = 0;      ///< The last that got no answer; 0 if none did.
    std::jthread asking_;         // The threads are last: they end before what they use.
    std::jthread watching_;
};

}  // namespace botapi::sql
