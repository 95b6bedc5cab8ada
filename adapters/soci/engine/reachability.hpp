#pragma once

#include "adapters/soci/driver/failure.hpp"

#include <botcore/ports/deadline.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <random>

namespace botapi::sql {

/// What all who want to reach a database know of it while it is away: it can't be reached, or it
/// takes no writes.
///
/// Then only one of them tries at a time, after pauses that grow, and that chance shortens, so that
/// a database that comes back is met neither by a crowd of threads nor by all servers at once.
///
/// Thread safety: any number of threads at once.
class reachability {
public:
    static constexpr std::chrono::milliseconds shortest_pause{50};
    static constexpr std::chrono::milliseconds longest_pause{500};

    /// `seed` is of the chance.
    explicit reachability(unsigned seed) : chance_{seed} {}

    /// Whether to try at `now`. Who is told to has to say how it went, by one of the next two.
    bool may_try(botcore::deadline now);

    /// Answers with the state that has ended.
    database_state reached() noexcept;

    /// `why` is any state but `serving`. False if that was known.
    bool missed(botcore::deadline now, database_state why) noexcept;

    /// That connections are there, on which nothing has been said since `since`.
    void hung(botcore::deadline since) noexcept;

    /// When it was missed first since it was reached last. Nothing, if it is not away.
    [[nodiscard]] std::optional<botcore::deadline> away_since() const;

    /// As it was found last.
    [[nodiscard]] database_state state() const;

private:
    mutable std::mutex mutex_;
    std::minstd_rand chance_;
    std::optional<botcore::deadline> away_since_{};
    database_state state_ = database_state::serving;
    bool is_tried_ = false;  ///< While it is away, by somebody, at this moment.
    std::chrono::milliseconds pause_{shortest_pause};
    botcore::deadline next_try_{};
};

}  // namespace botapi::sql
