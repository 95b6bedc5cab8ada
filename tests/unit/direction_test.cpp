#include "tests/unit/fakes.hpp"

#include <botcore/domain/direction.hpp>

#include <random>

using namespace botcore;
using namespace botcore::testing;

namespace {

const participant_id ana = id_of<participant_id>(1);
const participant_id bela = id_of<participant_id>(2);

}  // namespace

TEST_CASE("direction: a message from a bot is outbound")
{
    const auto way = route_between({.from = ana, .to = bela}, true, false);

    CHECK(way == route{bot_id{ana.value}, direction::outbound, client_id{bela.value}});
}

TEST_CASE("direction: a message from a client to a bot is inbound")
{
    const auto way = route_between({.from = ana, .to = bela}, false, true);

    CHECK(way == route{bot_id{bela.value}, direction::inbound, client_id{ana.value}});
}

TEST_CASE("direction: between two bots the sender counts as the bot")
{
    const ends both{.from = ana, .to = bela};

    CHECK(route_between(both, true, true) == route_between(both, true, false));
}

TEST_CASE("direction: without a bot there is no route")
{
    CHECK_FALSE(route_between({.from = ana, .to = bela}, false, false));
}

TEST_CASE("direction: every route is converted back to its ends")
{
    std::mt19937_64 random{20181116};  // NOLINT: the same numbers in every run.
    for (int round = 0; round < 10'000; ++round) {
        const ends written{id_of<participant_id>(random()), id_of<participant_id>(random())};
        for (const auto& [from_is_bot, to_is_bot] :
             {std::pair{true, false}, std::pair{false, true}, std::pair{true, true}}) {
            const auto way = route_between(written, from_is_bot, to_is_bot);
            if (!way || ends_of(*way) != written)
                FAIL("lost the ends in round " << round);
        }
    }
}
