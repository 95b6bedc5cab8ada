#include "adapters/soci/engine/replication.hpp"

#include <catch2/catch.hpp>

namespace botapi::sql {

using botcore::copies;
using botcore::deadline;
using botcore::freshness;
using botcore::storage_position;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t the_store = 7;

storage_position at(std::uint64_t offset, std::uint32_t timeline = 3)
{
    return {.store = the_store, .timeline = timeline, .offset = offset};
}

copy_sighting standby_at(const storage_position& position)
{
    return {.is_standby = true, .at = position, .started_at_us = 1};
}

/// A primary that was seen at offsets 100, 200 and 300, and two copies.
struct replicated {
    replicated()
    {
        known.see_primary(begin, at(100));
        known.see_primary(begin + 100ms, at(200));
        known.see_primary(begin + 200ms, at(300));
    }

    std::optional<std::size_t> choice(const freshness& demanded, deadline when)
    {
        const auto chosen = known.choose(demanded, when);
        return chosen ? std::optional{chosen->number} : std::nullopt;
    }

    deadline begin{1h};
    deadline now = begin + 250ms;
    replication known{2, 500ms};
};

}  // namespace

TEST_CASE("replication: copies that were not seen serve nothing")
{
    replicated all;
    CHECK_FALSE(all.choice(freshness::any(), all.now));
    CHECK_FALSE(all.choice(freshness::at_least(at(1)), all.now));
    CHECK(all.known.copies_of(at(1), all.now) == copies::none);
}

TEST_CASE("replication: the age of a copy is that of the last look that it has reached")
{
    replicated all;
    all.known.see_copy(0, standby_at(at(250)));
    const auto chosen = all.known.choose(freshness::any(), all.now);
    REQUIRE(chosen);
    CHECK(chosen->report.age == 150ms);
    CHECK(chosen->report.position == at(250));

    all.known.see_copy(0, standby_at(at(99)));
    CHECK_FALSE(all.choice(freshness::any(), all.now));
    all.known.see_copy(0, standby_at(at(300)));
    CHECK(all.known.choose(freshness::any(), all.now)->report.age == 50ms);
}

TEST_CASE("replication: a copy that is too old is left, unless the primary is away")
{
    replicated all;
    all.known.see_copy(0, standby_at(at(200)));
    CHECK(all.choice(freshness::any(), all.begin + 600ms) == 0U);
    CHECK_FALSE(all.choice(freshness::any(), all.begin + 601ms));
    all.known.miss_primary();
    const auto chosen = all.known.choose(freshness::any(), all.begin + 10s);
    REQUIRE(chosen);
    CHECK(chosen->report.age == 9'900ms);
    all.known.see_copy(1, standby_at(at(300)));
    CHECK(all.choice(freshness::any(), all.begin + 10s) == 1U);
    CHECK(all.choice(freshness::any(), all.begin + 10s) == 1U);
}

TEST_CASE("replication: copies take turns")
{
    replicated all;
    all.known.see_copy(0, standby_at(at(300)));
    all.known.see_copy(1, standby_at(at(300)));
    const auto first = all.choice(freshness::any(), all.now);
    CHECK(first != all.choice(freshness::any(), all.now));
    CHECK(first == all.choice(freshness::any(), all.now));
    all.known.miss_copy(0);
    CHECK(all.choice(freshness::any(), all.now) == 1U);
    CHECK(all.choice(freshness::any(), all.now) == 1U);
}

TEST_CASE("replication: a demand is met by a copy that has the position")
{
    replicated all;
    all.known.see_copy(0, standby_at(at(250)));
    all.known.see_copy(1, standby_at(at(260)));
    CHECK_FALSE(all.choice(freshness::latest(), all.now));
    for (int count = 0; count < 3; ++count)
        CHECK(all.choice(freshness::at_least(at(260)), all.now) == 1U);
    CHECK_FALSE(all.choice(freshness::at_least(at(261)), all.now));
    // An old copy may serve it: the position was demanded, and nothing younger.
    CHECK(all.choice(freshness::at_least(at(250)), all.begin + 1h));
    // Of an earlier timeline, which the primary's history includes.
    CHECK(all.choice(freshness::at_least(at(250, 2)), all.now));
    CHECK_FALSE(all.choice(freshness::at_least(at(1, 4)), all.now));

    CHECK(all.known.copies_of(at(260), all.now) == copies::there);
    CHECK(all.known.copies_of(at(261), all.now) == copies::soon);
    CHECK(all.known.copies_of(at(261), all.begin + 1h) == copies::none);
    CHECK(all.known.copies_of(at(1, 4), all.now) == copies::none);
}

TEST_CASE("replication: only a copy on the primary's timeline serves")
{
    replicated all;
    all.known.see_copy(0, standby_at(at(300)));
    all.known.see_copy(1, standby_at(at(300, 2)));
    CHECK(all.choice(freshness::any(), all.now) == 0U);
    CHECK(all.choice(freshness::any(), all.now) == 0U);

    all.known.see_primary(all.now, at(310, 4));
    CHECK_FALSE(all.choice(freshness::any(), all.now));
    all.known.see_copy(1, standby_at(at(310, 4)));
    CHECK(all.choice(freshness::any(), all.now) == 1U);
    // A primary that does not know yet that it was replaced.
    all.known.see_primary(all.now, at(400, 3));
    CHECK(all.choice(freshness::any(), all.now) == 1U);
    CHECK(all.known.status(all.now).at(1).bytes_behind == 0);
}

TEST_CASE("replication: a copy of another store serves nothing")
{
    replicated all;
    auto foreign = standby_at(at(300));
    ++foreign.at.store;
    all.known.see_copy(0, foreign);
    CHECK_FALSE(all.choice(freshness::any(), all.now));
}

TEST_CASE("replication: a primary that came back as a standby serves on a later timeline only")
{
    replicated all;
    all.known.see_copy(0, {.is_standby = false, .at = at(320), .started_at_us = 1});
    CHECK_FALSE(all.choice(freshness::any(), all.now));
    CHECK_FALSE(all.known.status(all.now).at(0).is_standby);
    all.known.see_copy(0, standby_at(at(320)));
    CHECK_FALSE(all.choice(freshness::any(), all.now));
    all.known.see_primary(all.now, at(330, 4));
    all.known.see_copy(0, standby_at(at(330, 4)));
    CHECK(all.choice(freshness::any(), all.now) == 0U);
}

TEST_CASE("replication: the status counts reads and bytes")
{
    replicated all;
    all.known.see_copy(0, standby_at(at(250)));
    all.choice(freshness::any(), all.now);
    const auto status = all.known.status(all.now);
    REQUIRE(status.size() == 2);
    CHECK(status[0].is_reachable);
    CHECK(status[0].serves);
    CHECK(status[0].bytes_behind == 50);
    CHECK(status[0].reads == 1);
    CHECK(status[0].age == 150ms);
    CHECK_FALSE(status[1].is_reachable);
    CHECK_FALSE(status[1].serves);
    CHECK_FALSE(status[1].age);
}

}  // namespace botapi::sql
