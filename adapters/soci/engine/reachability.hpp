#pragma once

#include "adapters/soci/driver/failure.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/outage.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <random>

namespace botapi::sql {

/// What all threads know about the state of a database. A database is away if it can't be reached
/// or takes no writes.
///
/// While it is away, one thread at a time tries to reach it, with growing pauses and jitter. So not
/// all threads and not all servers connect at the moment when the database comes back.
///
/// Thread safety: any number of threads at once.
class reachability {
public:
    static constexpr std::chrono::milliseconds shortest_pause{50};
    static constexpr std::chrono::milliseconds longest_pause{500};

    /// Two outages with a shorter break count as one. A server that answers probes, and refuses new
    /// sessions, seems to come back again and again.
    static constexpr std::chrono::milliseconds break_max{1'000};

    /// `seed` is that of the jitter.
    explicit reachability(unsigned seed) : random_{seed} {}

    /// Whether the caller should try at `now`. A caller that gets `true` must report the outcome
    /// with `reached` or `missed`.
    bool may_try(botcore::deadline now);

    /// Reports a success. Returns the state before it.
    database_state reached(botcore::deadline now) noexcept;

    /// Reports a failure. `why` is any state but `serving`. False if the state was known already.
    bool missed(botcore::deadline now, database_state why) noexcept;

    /// Reports that the server has sent nothing since `since` on its open connections.
    void hung(botcore::deadline since) noexcept;

    /// The time of the first failure after the last success. Nothing if the database is not away.
    [[nodiscard]] std::optional<botcore::deadline> away_since() const;

    /// The last reported state.
    [[nodiscard]] database_state state() const;

    /// The last time in which the database was away. Takes no lock.
    [[nodiscard]] std::optional<botcore::outage> last_outage() const noexcept;

private:
    void begin_outage(botcore::deadline at) noexcept;

    mutable std::mutex mutex_;
    std::minstd_rand random_;
    std::optional<botcore::deadline> away_since_{};
    database_state state_ = database_state::serving;
    bool is_tried_ = false;  ///< Whether a thread is trying at this moment.
    std::chrono::milliseconds pause_{shortest_pause};
    botcore::deadline next_try_{};

    // The bounds of the last outage: zero if there was none, and if it lasts.
    std::atomic<botcore::deadline> began_{};
    std::atomic<botcore::deadline> ended_{};
};

}  // namespace botapi::sql
