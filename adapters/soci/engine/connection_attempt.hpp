#pragma once

#include "adapters/soci/driver/session.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>

namespace botapi::sql {

/// Opens a session on a thread of its own, as long as there can be one, and can be abandoned.
///
/// Thread safety: none. It belongs to the thread that waits for it.
class connection_attempt {
public:
    /// `open` is called at once, and must stay valid until the attempt is destroyed, which waits
    /// for its end.
    explicit connection_attempt(std::function<std::unique_ptr<session>()> open);

    /// Whether it has ended after `patience` at most.
    bool wait_for(std::chrono::milliseconds patience);

    /// Nobody waits for the session any more: it is closed as soon as it is open. False if it is
    /// open already: then `get` has it.
    bool abandon() noexcept;

    /// Whether its thread has ended.
    [[nodiscard]] bool has_ended() const;

    /// The session. Throws what `open` threw.
    std::unique_ptr<session> get() { return opened_.get(); }

private:
    enum class state : std::uint8_t { running, finished, abandoned };

    std::unique_ptr<std::atomic<state>> state_;
    std::future<std::unique_ptr<session>> opened_;
};

}  // namespace botapi::sql
