// draw_ids COUNT JUMPS: makes so many ids, and more until the clock has jumped so often, by half a
// day or more. Ends with 1 if an id is not greater than the one before.

#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>

using namespace botcore;

namespace {

/// A clock that counts its jumps.
class watched_clock final : public clock {
public:
    [[nodiscard]] instant now() const override
    {
        const auto reading = real_.now();
        const auto step = reading > last_ ? reading - last_ : last_ - reading;
        if (step > std::chrono::hours{12} && last_ != instant{})
            ++jumps_;
        last_ = reading;
        return reading;
    }

    [[nodiscard]] deadline steady_now() const override { return real_.steady_now(); }

    [[nodiscard]] std::uint64_t jumps() const noexcept { return jumps_; }

private:
    botcore::system::system_clock real_;
    mutable instant last_{};
    mutable std::uint64_t jumps_ = 0;
};

}  // namespace

int main(int count, char** words)
{
    if (count != 3)
        return 2;
    const auto ids_min = std::strtoull(words[1], nullptr, 10);
    const auto jumps_min = std::strtoull(words[2], nullptr, 10);
    const watched_clock clock;
    botcore::system::system_ids ids{clock};

    std::uint64_t drawn = 1;
    auto last = ids.next(shard_number{0});
    for (; drawn < ids_min || clock.jumps() < jumps_min; ++drawn) {
        const auto next = ids.next(shard_number{0});
        if (next <= last) {
            std::cout << "inversion: " << last.text() << ' ' << next.text() << '\n';
            return 1;
        }
        last = next;
    }
    std::cout << drawn << " ids, " << clock.jumps() << " jumps\n";
    return 0;
}
