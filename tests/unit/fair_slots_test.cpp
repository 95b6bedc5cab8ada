#include <botcore/domain/fair_slots.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <vector>

using namespace botcore;

namespace {

template <class Id>
Id numbered(std::uint8_t number)
{
    uuid::bytes_type bytes{};
    bytes.back() = number;
    return Id{uuid{bytes}};
}

/// Lets a bot take all slots that it may have. Returns how many that is.
std::size_t fill(fair_slots& slots, std::uint8_t bot, pace speed)
{
    std::size_t count = 0;
    for (; slots.admits(numbered<bot_id>(bot), speed); ++count)
        slots.take(numbered<bot_id>(bot), speed);
    return count;
}

due_webhook due_of(std::uint8_t webhook, std::uint8_t bot, std::size_t due = 100)
{
    return {.webhook = numbered<webhook_id>(webhook), .bot = numbered<bot_id>(bot), .due = due};
}

std::map<webhook_id, std::size_t> shares_by_webhook(const std::vector<delivery_share>& shares)
{
    std::map<webhook_id, std::size_t> counts;
    for (const auto& share : shares)
        counts.emplace(share.webhook, share.count);
    return counts;
}

}  // namespace

TEST_CASE("fair_slots: each pace has its part, and one bot leaves half of it", "[webhooks]")
{
    const auto [speed, expected] = GENERATE(
        table<pace, std::size_t>({{pace::slow, 16U}, {pace::unknown, 24U}, {pace::quick, 32U}})
    );
    fair_slots slots{64};
    CHECK(fill(slots, 1, speed) == expected);
    CHECK(slots.taken_by(numbered<bot_id>(1)) == expected);
    CHECK(slots.admits(numbered<bot_id>(2), speed));
}

TEST_CASE("fair_slots: however many bots have slow receivers, half is left", "[webhooks]")
{
    fair_slots slots{64};
    std::size_t taken = 0;
    for (std::uint8_t bot = 1; bot < 200; ++bot)
        taken += fill(slots, bot, pace::slow);

    CHECK(taken == 32);
    CHECK(fill(slots, 200, pace::unknown) == 8);
    CHECK(fill(slots, 201, pace::quick) == 12);
}

TEST_CASE("fair_slots: however many bots have unknown receivers, a quarter is left", "[webhooks]")
{
    fair_slots slots{64};
    std::size_t taken = 0;
    for (std::uint8_t bot = 1; bot < 200; ++bot)
        taken += fill(slots, bot, pace::unknown);

    CHECK(taken == 48);
    CHECK_FALSE(slots.admits(numbered<bot_id>(200), pace::slow));
    CHECK(fill(slots, 200, pace::quick) == 8);
    CHECK_FALSE(slots.is_full());
}

TEST_CASE("fair_slots: a bot with slow receivers has slots for its quick ones", "[webhooks]")
{
    fair_slots slots{64};
    fill(slots, 1, pace::slow);
    CHECK(fill(slots, 1, pace::unknown) == 8);
    CHECK(fill(slots, 1, pace::quick) == 8);
}

TEST_CASE("fair_slots: a single slot is for everybody", "[webhooks]")
{
    const auto speed = GENERATE(pace::slow, pace::unknown, pace::quick);
    fair_slots slots{GENERATE(0U, 1U)};
    CHECK(fill(slots, 1, speed) == 1);
    CHECK(slots.is_full());
    CHECK_FALSE(slots.admits(numbered<bot_id>(2), speed));
}

TEST_CASE("fair_slots: what became slow counts, whether or not it was admitted", "[webhooks]")
{
    fair_slots slots{8};
    for (int count = 0; count < 6; ++count)
        slots.take(numbered<bot_id>(1), pace::slow);
    CHECK_FALSE(slots.admits(numbered<bot_id>(2), pace::slow));
    CHECK_FALSE(slots.admits(numbered<bot_id>(2), pace::unknown));
    CHECK(fill(slots, 2, pace::quick) == 1);
}

TEST_CASE("share_out: bots get the same, however many webhooks they have", "[webhooks]")
{
    std::vector<due_webhook> all;
    for (std::uint8_t number = 1; number <= 20; ++number)
        all.push_back(due_of(number, 1));
    for (std::uint8_t number = 21; number <= 40; ++number)
        all.push_back(due_of(number, 2));
    all.push_back(due_of(41, 3));
    const auto turn = GENERATE(0U, 7U, 40U, 1'000'003U);

    auto counts = shares_by_webhook(share_out(fair_slots{64}, 8, turn, all));

    CHECK(counts[numbered<webhook_id>(41)] == 8);
    std::size_t of_first = 0;
    std::size_t of_second = 0;
    for (std::uint8_t number = 1; number <= 20; ++number) {
        of_first += counts[numbered<webhook_id>(number)];
        of_second += counts[numbered<webhook_id>(static_cast<std::uint8_t>(number + 20))];
        CHECK(counts[numbered<webhook_id>(number)] <= 1);
    }
    CHECK(of_first + of_second == 27);
    CHECK(of_first >= 13);
    CHECK(of_second >= 13);
}

TEST_CASE("share_out: what is under way counts", "[webhooks]")
{
    std::vector all{due_of(1, 1), due_of(2, 1), due_of(3, 2, 2)};
    all[0].busy = 3;
    fair_slots slots{20};
    for (int count = 0; count < 3; ++count)
        slots.take(numbered<bot_id>(1), pace::unknown);

    const std::vector<delivery_share> expected{
        {numbered<webhook_id>(1), 1},
        {numbered<webhook_id>(2), 3},
        {numbered<webhook_id>(3), 2}};
    CHECK(share_out(slots, 4, 0, all) == expected);
}

TEST_CASE("share_out: a bot that may have no more does not end the others' turns", "[webhooks]")
{
    std::vector all{due_of(1, 1), due_of(2, 2), due_of(3, 3, 1)};
    all[0].speed = pace::slow;
    all[1].speed = pace::quick;
    all[2].speed = pace::quick;

    const std::vector<delivery_share> expected{
        {numbered<webhook_id>(1), 2},
        {numbered<webhook_id>(2), 3},
        {numbered<webhook_id>(3), 1}};
    CHECK(share_out(fair_slots{8}, 8, 0, all) == expected);
}

TEST_CASE("share_out: equals take turns", "[webhooks]")
{
    const std::vector all{due_of(1, 1), due_of(2, 2), due_of(3, 3)};
    const auto first = [&](std::uint64_t turn) {
        return share_out(fair_slots{1}, 8, turn, all).at(0).webhook;
    };
    CHECK(first(0) == numbered<webhook_id>(1));
    CHECK(first(1) == numbered<webhook_id>(3));
    CHECK(first(2) == numbered<webhook_id>(2));
    CHECK(first(3) == numbered<webhook_id>(1));
}

TEST_CASE("share_out: gives nothing where nothing is due or free", "[webhooks]")
{
    fair_slots full{1};
    full.take(numbered<bot_id>(9), pace::quick);
    const std::vector all{due_of(1, 1)};
    const std::vector idle{due_of(1, 1, 0)};
    CHECK(share_out(full, 8, 3, all).empty());
    CHECK(share_out(fair_slots{8}, 8, 3, {}).empty());
    CHECK(share_out(fair_slots{8}, 8, 3, idle).empty());
    CHECK(share_out(fair_slots{8}, 0, 3, all).empty());
}
