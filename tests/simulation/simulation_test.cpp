#include "tests/simulation/history.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace simulation;

namespace {

/// A number from the environment: how `./dev torture` asks for more, and how one history is played
/// again.
std::uint64_t number_in_environment(const char* name, std::uint64_t fallback)
{
    const char* const given = std::getenv(name);
    return given != nullptr ? std::stoull(given) : fallback;
}

}  // namespace

TEST_CASE("simulation: no history of faults, retries and reordered answers breaks a promise")
{
    const auto first = number_in_environment("SIMULATION_SEED", 1);
    const auto count = number_in_environment("SIMULATION_SEEDS", 100);
    history_report sum;

    for (auto seed = first; seed < first + count; ++seed) {
        const auto report = play(seed);
        INFO("SIMULATION_SEEDS=1 SIMULATION_SEED=" << seed);
        REQUIRE(report.broken.value_or("nothing") == "nothing");
        sum.sent += report.sent;
        sum.faults += report.faults;
        sum.replays += report.replays;
        sum.lost_answers += report.lost_answers;
        sum.stored += report.stored;
        sum.written_late += report.written_late;
    }

    WARN(
        count << " histories: " << sum.sent << " requests, " << sum.faults << " failed batches, "
              << sum.lost_answers << " lost answers, " << sum.written_late << " late batches, "
              << sum.replays << " replays, " << sum.stored << " messages stored"
    );
    CHECK(sum.faults >= count);
    CHECK(sum.replays >= count);
    CHECK(sum.lost_answers >= count);
    CHECK(sum.written_late >= count / 4);
}

TEST_CASE("simulation: a history is reproducible")
{
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto one = play(seed);
        const auto other = play(seed);
        CHECK(one.sent == other.sent);
        CHECK(one.faults == other.faults);
        CHECK(one.replays == other.replays);
        CHECK(one.stored == other.stored);
    }
}

TEST_CASE("simulation: a storage that breaks a promise is detected")
{
    const auto what = GENERATE(flaw::forgets, flaw::writes_refused, flaw::doubles);
    unsigned found = 0;

    // In a few of them the flaw meets only what would have been refused anyway.
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        found += play(seed, what).broken ? 1U : 0U;

    CAPTURE(static_cast<int>(what));
    CHECK(found >= 15);
}
