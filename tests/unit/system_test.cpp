#include "tests/unit/fakes.hpp"

#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

using namespace botcore;
using namespace botcore::testing;
using std::chrono::milliseconds;

namespace {

const instant start = stamp_of("2026-01-01T00:00:00Z").at();

milliseconds time_of(const uuid& id)
{
    std::int64_t count = 0;
    for (std::size_t at = 0; at < 6; ++at)
        count = count << 8 | id.bytes()[at];
    return milliseconds{count};
}

struct ids_fixture {
    std::vector<uuid> take(std::size_t count)
    {
        std::vector<uuid> taken;
        for (std::size_t at = 0; at < count; ++at)
            taken.push_back(ids.next(0));
        return taken;
    }

    manual_clock clock{start};
    botcore::system::system_ids ids{clock};
};

bool grows(const std::vector<uuid>& ids)
{
    return std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end();
}

}  // namespace

TEST_CASE("system_clock: the clock has the time of the host")
{
    const botcore::system::system_clock clock;

    const auto before = std::chrono::system_clock::now();
    const auto reading = clock.now();
    const auto after = std::chrono::system_clock::now();
    const auto steady_before = deadline::clock::now();
    const auto steady = clock.steady_now();
    const auto steady_after = deadline::clock::now();

    CHECK(reading >= before);
    CHECK(reading <= after);
    CHECK(steady >= steady_before);
    CHECK(steady <= steady_after);
}

TEST_CASE_METHOD(
    ids_fixture,
    "system_ids: an id is a UUID of version 7 with time, variant and shard"
)
{
    const auto id = ids.next(0xabcd);

    CHECK(id.version() == 7);
    CHECK(id.bytes()[8] >> 6U == 2);
    CHECK(shard_hint(id) == 0xabcd);
    CHECK(time_of(id) == start.time_since_epoch());
}

TEST_CASE_METHOD(ids_fixture, "system_ids: the ids of one millisecond grow")
{
    CHECK(grows(take(1'000)));
}

TEST_CASE_METHOD(ids_fixture, "system_ids: an id made in a later millisecond is greater")
{
    auto made = take(1);
    for (int round = 0; round < 1'000; ++round) {
        clock.set(clock.now() + milliseconds{1});
        made.push_back(ids.next(0));
        if (time_of(made.back()) != clock.now().time_since_epoch())
            FAIL("does not carry the clock's time");
    }

    CHECK(grows(made));
}

TEST_CASE_METHOD(ids_fixture, "system_ids: ids grow when a millisecond has no more numbers")
{
    const auto made = take(20'000);

    CHECK(grows(made));
    CHECK(time_of(made.back()) > start.time_since_epoch());
    CHECK(time_of(made.back()) < start.time_since_epoch() + milliseconds{10});
}

TEST_CASE_METHOD(ids_fixture, "system_ids: at least 2048 ids fit into a millisecond")
{
    CHECK(time_of(take(2'048).back()) == start.time_since_epoch());
}

TEST_CASE_METHOD(
    ids_fixture,
    "system_ids: ids grow when the clock goes backwards, until it catches up"
)
{
    auto made = take(10);
    clock.set(start - std::chrono::hours{1});
    const auto behind = take(10'000);
    clock.set(start + milliseconds{100});
    const auto ahead = take(1);

    made.insert(made.end(), behind.begin(), behind.end());
    made.insert(made.end(), ahead.begin(), ahead.end());
    CHECK(grows(made));
    CHECK(time_of(ahead[0]) == clock.now().time_since_epoch());
}

TEST_CASE_METHOD(ids_fixture, "system_ids: ids grow when the clock is before 1970")
{
    clock.set(instant_min);
    auto made = take(5'000);
    clock.set(start);
    made.push_back(ids.next(0));

    CHECK(grows(made));
    CHECK(made[0].version() == 7);
}

TEST_CASE("system_ids: two sources with one clock don't make the same ids")
{
    const manual_clock clock{start};
    botcore::system::system_ids one{clock};
    botcore::system::system_ids other{clock};

    std::set<uuid> made;
    for (int round = 0; round < 5'000; ++round) {
        made.insert(one.next(0));
        made.insert(other.next(0));
    }

    CHECK(made.size() == 10'000);
}

TEST_CASE_METHOD(ids_fixture, "system_ids: each random bit is sometimes set and sometimes not")
{
    uuid::bytes_type all_of{};
    uuid::bytes_type any_of{};
    all_of.fill(0xff);
    for (const auto& id : take(500)) {
        for (std::size_t at = 8; at < 14; ++at) {
            all_of[at] &= id.bytes()[at];
            any_of[at] |= id.bytes()[at];
        }
    }

    CHECK(uuid{all_of}.text().substr(19) == "8000-00000000ffff");
    CHECK(uuid{any_of}.text().substr(19) == "bfff-ffffffff0000");
}

TEST_CASE_METHOD(ids_fixture, "system_ids: concurrent threads get different, growing ids")
{
    std::vector<std::vector<uuid>> taken(4);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : taken)
            threads.emplace_back([&] { mine = take(5'000); });
    }

    std::set<uuid> all;
    for (const auto& mine : taken) {
        CHECK(grows(mine));
        all.insert(mine.begin(), mine.end());
    }
    CHECK(all.size() == 20'000);
}
