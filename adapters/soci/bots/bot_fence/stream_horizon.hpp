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
    std::uint64_t last = 0;     ///< The greatest assigned arrival. It is read first.

    /// The virtual ids of the transactions that hold the lock for assigning arrivals. They are read
    /// after `last`.
    std::vector<std::string> writers{};
};

/// The horizon of a stream: the greatest arrival up to which no message can become visible any
/// more. It is needed because messages may become visible in another order than that of their
/// arrivals.
///
/// A writer takes its lock before it assigns arrivals, and releases the lock after its messages
/// became visible. So a writer that is missing in one look and present in a later one assigns
/// arrivals greater than `last` of the earlier look. That value is the floor of the writer. An
/// arrival is safe if it is not greater than any floor.
///
/// A horizon from one session is valid for that session and for older ones. While they are
/// connected, the server has not restarted. After a restart it could assign the same arrivals
/// again.
class stream_horizon {
public:
    /// Before the first look, no arrival is safe while a writer runs.
    stream_horizon() = default;

    /// The horizon after the look `seen`. This is the horizon that was known before the look.
    [[nodiscard]] stream_horizon after(const horizon_look& seen) const;

    /// The greatest arrival that is safe for a read after the look.
    [[nodiscard]] std::uint64_t safe() const noexcept;

    /// Whether this is from a later look than `other`.
    [[nodiscard]] bool is_newer_than(const stream_horizon& other) const noexcept;

private:
    std::uint64_t session_ = 0;
    std::uint64_t last_ = 0;
    std::map<std::string, std::uint64_t> floors_{};  ///< The floor of each writer.
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
