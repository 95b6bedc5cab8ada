#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace botapi::sql {

/// What a look at PostgreSQL shows of the appends that are under way.
struct horizon_look {
    std::uint64_t session = 0;  ///< `session::number` of the one that looked.
    std::uint64_t last = 0;     ///< The greatest arrival that was given out, read first.

    /// The transactions that hold the lock under which arrivals are taken, read afterwards: by
    /// their virtual transaction ids.
    std::vector<std::string> writers{};
};

/// Up to which arrival every message is visible, or never will be: those that were given out may
/// become visible in another order.
///
/// A writer takes its lock before its arrivals, and gives it back after they became visible. So who
/// was not seen in a look, and is seen in a later one, takes arrivals greater than `last` of the
/// earlier one: that is the writer's floor. What is not above any floor is safe.
///
/// What was learned on a session holds for that and older ones: since they are there, no server
/// was restarted meanwhile, which could give out arrivals anew.
class stream_horizon {
public:
    /// Before the first look nothing is safe while anybody writes.
    stream_horizon() = default;

    /// What is known after a look that began when this was known.
    [[nodiscard]] stream_horizon after(const horizon_look& seen) const;

    /// The greatest arrival that is safe for who reads after the look.
    [[nodiscard]] std::uint64_t safe() const noexcept;

    /// Whether this is from a later look than `other`.
    [[nodiscard]] bool is_newer_than(const stream_horizon& other) const noexcept;

private:
    std::uint64_t session_ = 0;
    std::uint64_t last_ = 0;
    std::map<std::string, std::uint64_t> floors_{};  ///< By writer.
};

/// The latest horizon that is known.
///
/// Thread safety: any number of threads may call at once.
class horizon_memory {
public:
    [[nodiscard]] stream_horizon recall() const;
    void learn(const stream_horizon& found);

private:
    mutable std::mutex mutex_;
    stream_horizon latest_{};
};

}  // namespace botapi::sql
