#include "tests/http/live_kit.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace botapi::http;
using namespace botapi::http::testing;
using namespace botcore;
using botcore::testing::id_of;
using namespace std::chrono_literals;

namespace {

const stream_id hub_talk = id_of<conversation_id>(100);
const start_position from_start{.after = stream_start};

stream_position at(std::uint64_t order)
{
    return stream_position::unchecked(order);
}

/// Restores the store from a backup that has only the first message of `hub_talk`. Then nine others
/// are stored, so that the stream is longer than before.
void restore(live_fixture& home)
{
    live_fixture::say_in(home.restored, 100, 11, 1, 1);
    live_fixture::say_in(home.restored, 100, 11, 1'000, 9);
    home.store.restore(home.restored.streams());
}

/// The position behind the message with this `seq`, in the first store or in the restored one.
stream_position position_of(botcore::storage& in, std::uint64_t seq)
{
    const stream_query before{.stream = hub_talk, .after = at(seq - 1), .limit = 1};
    return in.streams().read(std::span{&before, 1}, botcore::testing::soon).at(0)->reached;
}

/// Takes messages until there are none, and counts them.
std::size_t take_all(live_fixture& home, follower& from)
{
    for (std::size_t count = 0;;) {
        const auto taken = home.take(from);
        REQUIRE(taken);
        if (taken->empty())
            return count;
        count += taken->batch->count() - taken->first;
    }
}

}  // namespace

TEST_CASE("hub: a message is read once and rendered once, however many follow", "[http]")
{
    constexpr int count = 50;
    live_fixture home;
    std::vector<std::unique_ptr<noting_follower>> all;
    for (int number = 0; number < count; ++number) {
        all.push_back(std::make_unique<noting_follower>(home, hub_talk, from_start));
        CHECK(take_all(home, all.back()->follows) == 0);
    }
    const auto calls = home.store.calls.load();

    home.say(100, 11);
    const auto is_awake = [](const auto& one) { return one->wakes == 1; };
    home.wait_until([&] { return std::ranges::all_of(all, is_awake); });

    const auto shared = home.take(all.front()->follows)->batch;
    REQUIRE(shared);
    for (std::size_t at = 1; at < all.size(); ++at)
        CHECK(home.take(all[at]->follows)->batch == shared);
    CHECK(home.store.calls == calls + 1);
    CHECK(home.metric("botapi_live_rendered_total") == 1);
    CHECK(home.metric("botapi_live_delivered_total") == count);
    CHECK(home.metric("botapi_live_followers") == count);
    CHECK(home.metric("botapi_live_feeds") == 1);
}

TEST_CASE("hub: a follower gets everything after its position, in order", "[http]")
{
    live_fixture home;
    home.say(100, 11, 40);
    noting_follower from_middle{home, hub_talk, {.after = at(25)}};

    std::uint64_t expected = 26;
    for (;;) {
        const auto taken = home.take(from_middle.follows);
        REQUIRE(taken);
        if (taken->empty())
            break;
        for (auto one = taken->first; one < taken->batch->count(); ++one)
            CHECK(taken->batch->position(one).order() == expected++);
        CHECK(from_middle.follows.position()->order() == expected - 1);
    }
    CHECK(expected == 41);
}

TEST_CASE("hub: `now` is the end of the stream, and no later message is missed", "[http]")
{
    live_fixture home;
    home.say(100, 11, 3);
    noting_follower later{home, hub_talk, {}};
    CHECK_FALSE(later.follows.position());

    CHECK(take_all(home, later.follows) == 0);
    CHECK(later.follows.position()->order() == 3U);
    home.say(100, 11);
    home.wait_until([&] { return later.wakes == 1; });

    CHECK(take_all(home, later.follows) == 1);
}

TEST_CASE("hub: a follower behind the kept events reads the store, and catches up", "[http]")
{
    live_fixture home{{.poll = 1h, .kept_size_max = 1}};
    noting_follower slow{home, hub_talk, from_start};
    CHECK(take_all(home, slow.follows) == 0);

    home.say(100, 11, 30);
    std::size_t count = 0;
    // The hub reads 16 at a time: the first wake may come before it has read the rest.
    home.wait_until([&] { return slow.wakes > 0 && (count += take_all(home, slow.follows)) >= 30; }
    );

    CHECK(count == 30);
    CHECK(home.metric("botapi_live_kept_bytes") == 0);
    CHECK(home.metric("botapi_live_behind_reads_total") >= 1);
}

TEST_CASE("hub: a lost hint delays messages, and loses none", "[http]")
{
    live_fixture home;
    noting_follower waiting{home, hub_talk, from_start};
    CHECK(take_all(home, waiting.follows) == 0);
    home.store.drops_hints = true;
    home.say(100, 11);

    home.live.look_around(hub::clock::now() + 2h);
    home.wait_until([&] { return waiting.wakes == 1; });

    CHECK(take_all(home, waiting.follows) == 1);
}

TEST_CASE("hub: a read that fails is repeated, and nothing is lost", "[http]")
{
    live_fixture home;
    noting_follower waiting{home, hub_talk, from_start};
    CHECK(take_all(home, waiting.follows) == 0);
    home.store.broken = errc::unavailable;
    const auto calls = home.store.calls.load();
    home.say(100, 11);
    home.wait_until([&] { return home.store.calls > calls; });
    CHECK(waiting.wakes == 0);

    home.store.broken = errc{};
    home.wait_until([&] {
        home.live.look_around(hub::clock::now());
        return waiting.wakes == 1;
    });

    CHECK(take_all(home, waiting.follows) == 1);
}

TEST_CASE("hub: a follower gets the reason why its first read failed, and can continue", "[http]")
{
    live_fixture home;
    noting_follower early{home, hub_talk, from_start};
    home.store.broken = errc::unavailable;

    const auto refused = home.take(early.follows);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    home.store.broken = errc{};
    home.say(100, 11);

    CHECK(take_all(home, early.follows) == 1);
}

TEST_CASE("hub: a follower past the end of the stream gets `cursor_lost`", "[http]")
{
    live_fixture home;
    home.say(100, 11);
    noting_follower lost{home, hub_talk, {.after = at(5)}};

    const auto taken = home.take(lost.follows);

    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == errc::cursor_lost);
}

TEST_CASE("hub: all followers of a stream that became shorter get `cursor_lost`", "[http]")
{
    live_fixture home;
    noting_follower one{home, hub_talk, from_start};
    noting_follower other{home, hub_talk, from_start};
    CHECK(take_all(home, one.follows) == 0);
    CHECK(take_all(home, other.follows) == 0);
    home.store.broken = errc::cursor_lost;

    home.say(100, 11);
    home.wait_until([&] { return one.wakes == 1 && other.wakes == 1; });

    CHECK(home.take(one.follows).error().code == errc::cursor_lost);
    CHECK(home.take(other.follows).error().code == errc::cursor_lost);
    home.store.broken = errc{};
    noting_follower later{home, hub_talk, from_start};
    CHECK(take_all(home, later.follows) == 1);
}

TEST_CASE(
    "hub: a restored stream is lost for all followers that got lost messages, however long it is",
    "[http]"
)
{
    live_fixture home;
    home.say(100, 11, 3);
    noting_follower of_talk{home, hub_talk, from_start};
    noting_follower of_bot{home, id_of<bot_id>(11), from_start};
    noting_follower of_some{home, hub_talk, from_start, visible_bots{{id_of<bot_id>(11)}}};
    const std::vector all{&of_talk, &of_bot, &of_some};
    for (auto* const one : all)
        CHECK(take_all(home, one->follows) == 3);

    restore(home);
    home.live.look_around(hub::clock::now() + 2h);
    home.wait_until([&] {
        return std::ranges::all_of(all, [](auto* one) { return one->wakes == 1; });
    });

    for (auto* const one : all)
        CHECK(home.take(one->follows).error().code == errc::cursor_lost);
}

TEST_CASE(
    "hub: a follower behind the kept messages of a restored stream gets the new ones",
    "[http]"
)
{
    live_fixture home;
    home.say(100, 11, 3);
    noting_follower lost{home, hub_talk, from_start};
    CHECK(take_all(home, lost.follows) == 3);
    noting_follower slow{home, hub_talk, {.after = position_of(home.storage, 1)}};

    restore(home);
    home.live.look_around(hub::clock::now() + 2h);
    home.wait_until([&] { return lost.wakes == 1; });

    CHECK(home.take(lost.follows).error().code == errc::cursor_lost);
    const auto taken = home.take(slow.follows);
    REQUIRE(taken);
    REQUIRE_FALSE(taken->empty());
    CHECK(taken->batch->position(taken->first) == position_of(home.restored, 2));
}

TEST_CASE("hub: a cursor older than the kept events is not mistaken for one of them", "[http]")
{
    live_fixture home;
    home.say(100, 11, 3);
    const auto before_restore = position_of(home.storage, 3);
    restore(home);
    noting_follower later{home, hub_talk, {.after = position_of(home.restored, 2)}};
    CHECK(take_all(home, later.follows) == 8);
    live_fixture::say_in(home.restored, 100, 11, 2'000, 1);
    home.live.look_around(hub::clock::now() + 2h);
    home.wait_until([&] { return later.wakes == 1; });

    for (const auto& position : {before_restore, stream_position{11, 7}}) {
        noting_follower lost{home, hub_talk, {.after = position}};
        CHECK(home.take(lost.follows).error().code == errc::cursor_lost);
    }
    CHECK(take_all(home, later.follows) == 1);
}

TEST_CASE("hub: a cursor newer than the kept events is accepted, and misses nothing", "[http]")
{
    live_fixture home;
    home.say(100, 11, 10);
    noting_follower early{home, hub_talk, from_start};
    CHECK(take_all(home, early.follows) == 10);
    restore(home);

    noting_follower inside{home, hub_talk, {.after = position_of(home.restored, 4)}};
    noting_follower at_end{home, hub_talk, {.after = position_of(home.restored, 10)}};
    CHECK(take_all(home, inside.follows) == 6);
    CHECK(take_all(home, at_end.follows) == 0);
    // The feed does not know these positions. So it is read again, and is lost.
    home.wait_until([&] { return early.wakes == 1 && inside.wakes == 1; });
    CHECK(home.take(early.follows).error().code == errc::cursor_lost);
    CHECK(take_all(home, inside.follows) == 0);
    CHECK(take_all(home, at_end.follows) == 0);

    const auto wakes = at_end.wakes;
    live_fixture::say_in(home.restored, 100, 11, 2'000, 1);
    home.live.look_around(hub::clock::now() + 2h);
    home.wait_until([&] { return inside.wakes == 2 && at_end.wakes == wakes + 1; });
    CHECK(take_all(home, inside.follows) == 1);
    CHECK(take_all(home, at_end.follows) == 1);
}

TEST_CASE(
    "hub: `now` is behind a message, also if more messages arrived before the answer",
    "[http]"
)
{
    live_fixture home;
    home.say(100, 11, 3);
    const auto third = position_of(home.storage, 3);
    noting_follower early{home, hub_talk, {}};
    CHECK_FALSE(early.follows.begin());
    CHECK(take_all(home, early.follows) == 0);
    home.say(100, 11);
    home.wait_until([&] { return early.wakes == 1; });

    CHECK(take_all(home, early.follows) == 1);
    CHECK(early.follows.begin() == third);
    CHECK(early.follows.position() == position_of(home.storage, 4));
}

TEST_CASE("hub: a follower that may see one bot gets no messages of others", "[http]")
{
    live_fixture home;
    noting_follower all{home, hub_talk, from_start};
    noting_follower some{home, hub_talk, from_start, visible_bots{{id_of<bot_id>(11)}}};
    noting_follower none{home, hub_talk, from_start, visible_bots{{id_of<bot_id>(13)}}};
    for (auto* const one : {&all, &some, &none})
        CHECK(take_all(home, one->follows) == 0);

    home.say(100, 12);
    home.say(100, 11);
    home.wait_until([&] { return some.wakes == 1 && all.wakes == 1; });

    const auto seen = home.take(some.follows);
    REQUIRE_FALSE(seen->empty());
    CHECK(seen->batch->count() == 1);
    CHECK(seen->batch->position(0).order() == 2);
    home.wait_until([&] {
        return take_all(home, all.follows) == 0 && all.follows.position()->order() == 2U;
    });
    CHECK(take_all(home, none.follows) == 0);
    CHECK(none.wakes == 0);
}

TEST_CASE("hub: extra members are only for the followers that requested them", "[http]")
{
    live_fixture home;
    noting_follower plain{home, hub_talk, from_start};
    noting_follower more{home, hub_talk, from_start, {}, {.has_seq = true}};
    for (auto* const one : {&plain, &more})
        CHECK(take_all(home, one->follows) == 0);
    CHECK(home.metric("botapi_live_feeds") == 2);

    home.say(100, 11);
    home.wait_until([&] { return plain.wakes == 1 && more.wakes == 1; });

    CHECK(home.take(plain.follows)->batch->json(0).find("seq") == std::string_view::npos);
    CHECK(home.take(more.follows)->batch->json(0).ends_with(R"(,"seq":1})"));
}

TEST_CASE("hub: the stream of a bot has the messages of all its conversations", "[http]")
{
    live_fixture home;
    noting_follower of_bot{home, id_of<bot_id>(11), from_start};
    CHECK(take_all(home, of_bot.follows) == 0);

    home.say(100, 11);
    home.say(101, 12);
    home.say(102, 11);

    std::size_t got = 0;
    home.wait_until([&] { return (got += take_all(home, of_bot.follows)) == 2; });
    CHECK(take_all(home, of_bot.follows) == 0);
}

TEST_CASE("hub: a feed ends with its last follower", "[http]")
{
    live_fixture home;
    {
        noting_follower one{home, hub_talk, from_start};
        noting_follower other{home, id_of<conversation_id>(101), from_start};
        CHECK(home.metric("botapi_live_feeds") == 2);
    }

    CHECK(home.metric("botapi_live_feeds") == 0);
    CHECK(home.metric("botapi_live_followers") == 0);
    const auto calls = home.store.calls.load();
    home.say(100, 11);
    home.live.look_around(hub::clock::now() + 2h);
    CHECK(home.store.calls == calls);
}

TEST_CASE("hub: feeds that are due at the same time are read in one call", "[http]")
{
    constexpr std::size_t count = 20;
    live_fixture home;
    std::vector<std::unique_ptr<noting_follower>> all;
    for (std::uint64_t number = 0; number < count; ++number) {
        all.push_back(
            std::make_unique<noting_follower>(home, id_of<conversation_id>(number), from_start)
        );
        CHECK(take_all(home, all.back()->follows) == 0);
    }
    const auto calls = home.store.calls.load();
    const auto queried = home.store.queried.load();

    home.live.look_around(hub::clock::now() + 2h);
    home.wait_until([&] { return home.store.queried == queried + count; });

    CHECK(home.store.calls - calls <= 2);
}

TEST_CASE("follower: a follower begins at the start, now, or at a cursor of the stream", "[http]")
{
    CHECK(parse_start(hub_talk, "start")->after == stream_start);
    CHECK_FALSE(parse_start(hub_talk, "now")->after);
    CHECK(parse_start(hub_talk, to_text(hub_talk, at(7)))->after == at(7));
    CHECK_FALSE(parse_start(hub_talk, to_text(id_of<conversation_id>(101), at(7))));
    CHECK_FALSE(parse_start(hub_talk, ""));
    CHECK_FALSE(parse_start(hub_talk, "7"));
}
