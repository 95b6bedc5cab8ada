#include "adapters/soci/engine/reachability.hpp"

#include <catch2/catch.hpp>

using botapi::sql::database_state;
using botapi::sql::reachability;
using namespace std::chrono_literals;

namespace {

const botcore::deadline start{1'000s};

/// How long `tested` allows no attempt.
std::chrono::milliseconds pause_of(reachability& tested, botcore::deadline from)
{
    for (auto pause = 0ms; pause < 10s; pause += 1ms) {
        if (tested.may_try(from + pause))
            return pause;
    }
    return 10s;
}

}  // namespace

TEST_CASE(
    "reachability: while the database is reachable, every thread may connect",
    "[reachability]"
)
{
    reachability tested{1};

    CHECK(tested.may_try(start));
    CHECK(tested.may_try(start));
    CHECK_FALSE(tested.away_since());
}

TEST_CASE("reachability: while the database is away, one thread tries at a time", "[reachability]")
{
    reachability tested{1};
    tested.missed(start, database_state::unreachable);
    const auto later = start + 1s;

    CHECK(tested.may_try(later));
    CHECK_FALSE(tested.may_try(later));
    tested.missed(later, database_state::unreachable);
    CHECK_FALSE(tested.may_try(later));
    CHECK(tested.may_try(later + 1s));
    tested.reached(later + 1s);
    CHECK(tested.may_try(later + 1s));
    CHECK(tested.may_try(later + 1s));
}

TEST_CASE(
    "reachability: pauses grow to half a second, and start again after a success",
    "[reachability]"
)
{
    reachability tested{1};
    auto now = start;
    auto longest = reachability::shortest_pause;

    for (int round = 0; round < 10; ++round) {
        tested.missed(now, database_state::unreachable);
        const auto pause = pause_of(tested, now);
        CHECK(pause >= longest / 2);
        CHECK(pause <= longest + 1ms);
        longest = std::min(longest * 2, reachability::longest_pause);
        now += pause;
    }
    CHECK(tested.away_since() == start);
    tested.reached(now);
    CHECK_FALSE(tested.away_since());
    tested.missed(now, database_state::unreachable);
    CHECK(pause_of(tested, now) <= reachability::shortest_pause + 1ms);
    CHECK(tested.away_since() == now);
}

TEST_CASE("reachability: two servers try at different times", "[reachability]")
{
    reachability one{1};
    reachability other{2};
    int apart = 0;

    for (auto now = start; now < start + 20s; now += 1s) {
        one.missed(now, database_state::unreachable);
        other.missed(now, database_state::unreachable);
        apart += pause_of(one, now) != pause_of(other, now) ? 1 : 0;
    }

    CHECK(apart >= 10);
}

TEST_CASE("reachability: a hanging database is away since it fell silent", "[reachability]")
{
    reachability tested{1};

    tested.hung(start);
    tested.hung(start + 1s);
    tested.missed(start + 2s, database_state::unreachable);

    CHECK(tested.away_since() == start);
    tested.reached(start + 3s);
    CHECK_FALSE(tested.away_since());
}

TEST_CASE("reachability: after a hang is reported, another thread may try", "[reachability]")
{
    reachability tested{1};
    tested.missed(start, database_state::unreachable);
    REQUIRE(tested.may_try(start + 1s));

    tested.hung(start);

    CHECK(tested.may_try(start + 1s));
}

TEST_CASE("reachability: it is news only once that a server takes no writes", "[reachability]")
{
    reachability tested{1};

    CHECK(tested.missed(start, database_state::standby));
    CHECK_FALSE(tested.missed(start + 1s, database_state::standby));
    CHECK(tested.state() == database_state::standby);
    CHECK(tested.away_since() == start);
    CHECK(tested.missed(start + 2s, database_state::read_only));
    tested.hung(start);
    CHECK(tested.state() == database_state::unreachable);
    CHECK(tested.missed(start + 3s, database_state::standby));

    CHECK(tested.reached(start + 4s) == database_state::standby);

    CHECK(tested.state() == database_state::serving);
    CHECK(tested.reached(start + 4s) == database_state::serving);
}

TEST_CASE("reachability: an outage lasts from the first failure to the success", "[reachability]")
{
    reachability tested{1};
    tested.reached(start);
    CHECK_FALSE(tested.last_outage());

    tested.missed(start + 1s, database_state::unreachable);
    tested.missed(start + 2s, database_state::standby);
    CHECK(tested.last_outage() == botcore::outage{.began = start + 1s});

    tested.reached(start + 3s);
    tested.reached(start + 4s);
    CHECK(tested.last_outage() == botcore::outage{.began = start + 1s, .ended = start + 3s});

    tested.missed(start + 5s, database_state::unreachable);
    CHECK(tested.last_outage() == botcore::outage{.began = start + 5s});
}

TEST_CASE("reachability: outages with a short break between them are one", "[reachability]")
{
    reachability tested{1};
    const auto end = start + 2s;
    tested.missed(start, database_state::unreachable);
    tested.reached(end);

    SECTION("a failure soon after the end")
    {
        tested.missed(end + reachability::break_max - 1ms, database_state::unreachable);
        CHECK(tested.last_outage() == botcore::outage{.began = start});
    }
    SECTION("a hang that began before the end was known")
    {
        tested.hung(end - 500ms);
        CHECK(tested.last_outage() == botcore::outage{.began = start});
        CHECK(tested.away_since() == end - 500ms);
    }
    SECTION("a failure later")
    {
        const auto later = end + reachability::break_max;
        tested.missed(later, database_state::unreachable);
        CHECK(tested.last_outage() == botcore::outage{.began = later});
    }
}
