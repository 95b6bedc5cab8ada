#include <botcore/domain/stream_position.hpp>

namespace botcore {

namespace {

/// FNV-1a, 64 bit.
class fingerprint_hash {
public:
    void add(std::uint8_t byte) noexcept { sum_ = (sum_ ^ byte) * 1099511628211ULL; }

    void add(std::uint64_t number) noexcept
    {
        for (unsigned shift = 0; shift < 64; shift += 8)
            add(static_cast<std::uint8_t>(number >> shift));
    }

    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }

private:
    std::uint64_t sum_ = 14695981039346656037ULL;
};

}  // namespace

std::uint64_t fingerprint_of(message_id id, std::uint64_t seq, instant at) noexcept
{
    fingerprint_hash made;
    for (const auto byte : id.value.bytes())
        made.add(byte);
    made.add(seq);
    made.add(static_cast<std::uint64_t>(at.time_since_epoch().count()));
    return made.sum();
}

}  // namespace botcore
