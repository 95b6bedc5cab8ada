#pragma once

#include "adapters/soci/driver/session.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>

namespace botapi::sql {

/// An attempt to open a session that the caller can abandon. It runs on a thread of its own, or in
/// `get` if no thread can be started.
///
/// Thread safety: none. The attempt belongs to the thread that waits for it.
class connection_attempt {
public:
    /// Calls `open` at once. What `open` refers to must outlive the attempt; the destructor waits
    /// for the call to end.
    explicit connection_attempt(std::function<std::unique_ptr<session>()> open);

    /// Waits for up to `patience`. Returns whether the attempt has ended.
    bool wait_for(std::chrono::milliseconds patience);

    /// Gives up: the session is closed as soon as it is open. False if the attempt has ended
    /// already; `get` then returns its session.
    bool abandon() noexcept;

    /// Whether the attempt's thread has ended.
    [[nodiscard]] bool has_ended() const;

    /// The session. Throws what `open` threw.
    std::unique_ptr<session> get() { return opened_.get(); }

private:
    enum class state : std::uint8_t { running, finished, abandoned };

    std::unique_ptr<std::atomic<state>> state_;
    std::future<std::unique_ptr<session>> opened_;
};

}  // namespace botapi::sql
