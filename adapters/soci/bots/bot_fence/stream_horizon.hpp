#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace botapi::sql {

/// A snapshot of the running appends on PostgreSQL.
struct horizon_look {
    std::uint64_t session = 0;  ///< The `session::number` of the reader.
    std::uint64_t last = 0;     ///< The greatest assigned arrival, read first.

    /// The virtual ids of the transactions that hold the lock for assigning arrivals, read
    /// afterwards.
    std::vector<std::string> writers{};
};

/// The arrival up to which every message is visible or never will be. It is needed because messages
/// can become visible in another order than their arrivals were assigned.
///
/// A writer takes its lock before it assigns arrivals, and releases it after they became visible.
/// So a writer that is missing in one look and present in a later one assigns arrivals greater than
/// `last` of the earlier look: that is its floor. An arrival that is not above any floor is safe.
///
/// Knowledge from one session is valid for that session and older ones: as long as they are
/// connected, the server was not restarted, after which it could assign the same arrivals again.
class stream_horizon {
public:
    /// Before the first look, no arrival is safe while a writer runs.
    stream_horizon() = default;

    /// The horizon after a look that began with this knowledge.
    [[nodiscard]] stream_horizon after(const horizon_look& seen) const;

    /// The greatest arrival that is safe for a read after the look.
    [[nodiscard]] std::uint64_t safe() const noexcept;

    /// Whether this is from a later look than `other`.
    [[nodiscard]] bool is_newer_than(const stream_horizon& other) const noexcept;

private:
    std::uint64_t session_ = 0;
    std::uint64_t last_ = 0;
    std::map<std::string, std::uint64_t> floors_{};  ///< By writer.
};

/// The latest known horizon.
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
