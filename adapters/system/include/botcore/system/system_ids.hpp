#pragma once

#include <botcore/ports/clock.hpp>
#include <botcore/ports/id_source.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace botcore::system {

/// Makes version 7 UUIDs from a clock and the kernel's random numbers, which nobody can predict.
///
/// Within one millisecond a counter with a random start numbers the ids. If the clock stops or is
/// set back, or if the counter is exhausted, the ids run ahead of the clock until it has caught up
/// (RFC 9562 section 6.2, "Monotonicity and Counters").
///
/// Thread safety: any number of threads may call at once.
class system_ids final : public id_source {
public:
    /// Keeps a reference: the clock must outlive the ids.
    explicit system_ids(const clock& clock) noexcept : clock_{clock} {}

    /// Throws `std::system_error` if the kernel provides no random numbers.
    uuid next(shard_number shard) override;

private:
    /// Sets the next pair of millisecond and sequence.
    void advance();
    std::uint64_t random();

    static constexpr std::size_t block_size = 32;  ///< 256 bytes: one system call fills them.

    const clock& clock_;
    std::mutex mutex_;
    std::chrono::milliseconds millisecond_{0};  ///< Of the last id, since 1970.
    std::uint16_t sequence_ = 0;                ///< Of the last id.
    std::array<std::uint64_t, block_size> block_{};
    std::size_t used_ = block_size;  ///< Used numbers of `block_`.
};

}  // namespace botcore::system
