#include "adapters/system/random_bytes.hpp"

#include <botcore/system/system_ids.hpp>

#include <span>
#include <utility>

namespace botcore::system {

namespace {

constexpr std::uint16_t sequence_max = 0xfff;

/// The counter of a millisecond starts in its lower half, so that at least 2,048 more ids fit.
constexpr std::uint16_t start_max = 0x7ff;

}  // namespace

uuid system_ids::next(shard_number shard)
{
    const std::lock_guard lock{mutex_};
    advance();
    return make_uuid_v7(millisecond_, sequence_, random(), shard);
}

void system_ids::advance()
{
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
    if (now.time_since_epoch() > millisecond_) {
        millisecond_ = now.time_since_epoch();
        sequence_ = static_cast<std::uint16_t>(random() & start_max);
    } else if (sequence_ < sequence_max) {
        ++sequence_;
    } else {
        ++millisecond_;
        sequence_ = 0;
    }
}

std::uint64_t system_ids::random()
{
    if (used_ == block_size) {
        fill_randomly(std::as_writable_bytes(std::span{block_}));
        used_ = 0;
    }
    // Erases a used number, so that the memory reveals nothing about past ids.
    return std::exchange(block_[used_++], 0);
}

}  // namespace botcore::system
