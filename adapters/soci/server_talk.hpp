#pragma once

#include "adapters/soci/database_url.hpp"
#include "adapters/soci/listening_connection.hpp"
#include "adapters/soci/stream_notice.hpp"

#include <botcore/domain/stream.hpp>
#include <botcore/ports/log.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <span>

namespace botapi::sql {

/// Servers on one PostgreSQL tell each other what has grown, through its notifications, on one
/// connection each.
///
/// A notification is never part of the transaction that stored the messages: PostgreSQL lets those
/// that notify commit one after another. What piles up while one is sent goes with the next. While
/// no other server is there, nothing is sent: who comes says so, who is there answers, and says so
/// again while there are others.
class server_talk {
public:
    using hearer = std::function<void(std::span<const botcore::stream_id> grown)>;
    using moment = std::chrono::steady_clock::time_point;

    /// `log` must outlive the talk. `heard` is called by `work`, with nothing if any stream may
    /// have grown.
    server_talk(database_url url, botcore::log& log, hearer heard);

    /// Lets others know, soon. Never waits. Any number of threads may call at once.
    void tell(std::span<const botcore::stream_id> grown);

    /// Ends `wait`. Any number of threads may call at once.
    void wake() const noexcept { woken_.wake(); }

    // The rest is for one thread.

    /// Connects, if need be, says what is to be said, and hears. Returns early if `is_over`.
    void work(const std::function<bool()>& is_over);

    /// Waits until there is something to do, or until `until`.
    void wait(moment until);

private:
    void open();
    void hear();
    bool say();
    void lose();
    void understand(const stream_notice& notice);

    database_url url_;
    botcore::log& log_;
    hearer heard_;
    waker woken_;
    listening_connection line_;
    std::function<bool()> is_over_;
    std::minstd_rand random_;
    bool is_open_ = false;
    bool is_hello_due_ = false;
    bool is_here_due_ = false;
    unsigned failures_ = 0;  ///< To connect, one after another.
    moment next_try_{};
    moment next_here_{};
    moment others_until_{};  ///< Who was not heard by then is not there any more.
    std::atomic<bool> has_others_{false};
    std::mutex mutex_;
    untold_streams untold_;
};

}  // namespace botapi::sql
