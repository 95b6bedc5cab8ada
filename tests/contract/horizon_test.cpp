#include "adapters/soci/bots/bot_fence/stream_horizon.hpp"

#include <catch2/catch.hpp>

using namespace botapi::sql;

TEST_CASE("horizon: without running appends, every assigned arrival is safe", "[stream]")
{
    CHECK(stream_horizon{}.safe() == 0);
    CHECK(stream_horizon{}.after({.session = 1, .last = 8}).safe() == 8);
}

TEST_CASE("horizon: a writer seen in the first look has no known floor", "[stream]")
{
    const auto first = stream_horizon{}.after({.session = 1, .last = 8, .writers = {"3/1"}});
    CHECK(first.safe() == 0);

    CHECK(first.after({.session = 1, .last = 9, .writers = {"3/1"}}).safe() == 0);
    CHECK(first.after({.session = 1, .last = 9}).safe() == 9);
}

TEST_CASE("horizon: a writer that began after a look writes after its last arrival", "[stream]")
{
    const auto first = stream_horizon{}.after({.session = 1, .last = 8});
    const auto second = first.after({.session = 1, .last = 11, .writers = {"3/1"}});
    CHECK(second.safe() == 8);

    // However long it takes, and whoever else comes and goes.
    const auto third = second.after({.session = 1, .last = 20, .writers = {"3/1", "4/7"}});
    CHECK(third.safe() == 8);
    CHECK(third.after({.session = 1, .last = 25, .writers = {"4/7"}}).safe() == 11);
    CHECK(third.after({.session = 1, .last = 25, .writers = {"4/8"}}).safe() == 20);
}

TEST_CASE("horizon: a look on a newer session starts over", "[stream]")
{
    const auto first = stream_horizon{}.after({.session = 2, .last = 8});

    CHECK(first.after({.session = 1, .last = 9, .writers = {"3/1"}}).safe() == 8);
    const auto later = first.after({.session = 3, .last = 9, .writers = {"3/1"}});
    CHECK(later.safe() == 0);
    CHECK(later.after({.session = 1, .last = 12, .writers = {"3/2"}}).safe() == 9);
}

TEST_CASE("horizon: a prepared transaction may have had another name before", "[stream]")
{
    const auto first = stream_horizon{}.after({.session = 1, .last = 8});

    CHECK(first.after({.session = 1, .last = 9, .writers = {"-1/730"}}).safe() == 0);
}

TEST_CASE("horizon: a slow look never replaces a newer one", "[stream]")
{
    horizon_memory memory;
    const auto before = memory.recall();
    memory.learn(before.after({.session = 1, .last = 9}));

    memory.learn(before.after({.session = 1, .last = 8, .writers = {"3/1"}}));
    CHECK(memory.recall().safe() == 9);
    memory.learn(before.after({.session = 2, .last = 1}));
    CHECK(memory.recall().safe() == 1);
}
