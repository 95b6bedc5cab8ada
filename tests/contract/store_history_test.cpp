#include "adapters/soci/engine/store_history.hpp"

#include <catch2/catch.hpp>

namespace botapi::sql {

using botcore::errc;
using botcore::storage_position;

namespace {

constexpr std::uint64_t this_store = 11;

storage_position on(std::uint32_t timeline, std::uint64_t offset)
{
    return {.store = this_store, .timeline = timeline, .offset = offset};
}

bool is_certain(const store_history& known, const storage_position& position)
{
    const auto found = known.includes(position);
    return found && *found;
}

bool is_lost(const store_history& known, const storage_position& position)
{
    const auto found = known.includes(position);
    return !found && found.error().code == errc::position_lost;
}

}  // namespace

TEST_CASE("store_history: includes what was reached, and asks for what lies beyond")
{
    store_history known;
    CHECK_FALSE(is_certain(known, on(3, 1)));
    known.open(on(3, 0), {{3, std::nullopt}});
    CHECK_FALSE(is_certain(known, on(3, 1)));
    CHECK_FALSE(is_lost(known, on(3, 1)));

    known.reach(on(3, 100));
    known.reach(on(3, 50));
    CHECK(known.position() == on(3, 100));
    CHECK(is_certain(known, on(3, 100)));
    CHECK_FALSE(is_certain(known, on(3, 101)));
    CHECK_FALSE(is_lost(known, on(3, 101)));
    CHECK_FALSE(is_certain(known, on(4, 1)));
    CHECK_FALSE(is_lost(known, on(4, 1)));
}

TEST_CASE("store_history: another store has lost everything")
{
    store_history known;
    known.open(on(3, 0), {{3, std::nullopt}});
    const storage_position foreign{.store = this_store + 1, .timeline = 3, .offset = 0};
    CHECK(is_lost(known, foreign));
    known.reach({.store = this_store + 1, .timeline = 9, .offset = 9});
    CHECK(known.position() == on(3, 0));

    known.open(foreign, {{3, std::nullopt}});
    CHECK(is_lost(known, on(3, 0)));
    CHECK(is_certain(known, foreign));
}

TEST_CASE("store_history: an earlier timeline is included up to where the later ones began")
{
    store_history known;
    known.open(on(5, 400), {{3, std::nullopt}, {4, 100}, {5, 300}});
    CHECK(is_certain(known, on(3, 100)));
    CHECK(is_lost(known, on(3, 101)));
    CHECK(is_certain(known, on(4, 300)));
    CHECK(is_lost(known, on(4, 301)));
    CHECK(is_certain(known, on(5, 400)));

    SECTION("also those that nobody was there to see")
    {
        CHECK(is_lost(known, on(2, 1)));
    }
    SECTION("a timeline that is missing in between hides the earlier ones")
    {
        known.open(on(7, 500), {{7, 450}});
        CHECK(is_lost(known, on(3, 100)));
        CHECK(is_lost(known, on(5, 400)));
        CHECK(is_certain(known, on(7, 500)));
        known.open(on(7, 500), {{6, 430}});
        CHECK(is_certain(known, on(5, 400)));
    }
    SECTION("a server of the old timeline is no news")
    {
        known.open(on(4, 0), {});
        CHECK(known.position() == on(5, 400));
    }
}

}  // namespace botapi::sql
