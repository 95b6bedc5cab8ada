#include "tests/unit/fakes.hpp"

#include <botcore/app/stream_watch.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <thread>

using namespace botcore;
using namespace botcore::testing;
using namespace std::chrono_literals;

namespace {

const bot_id aureo = id_of<bot_id>(11);
const conversation_id talk = id_of<conversation_id>(100);

/// So long that only a hint can be in time.
constexpr auto never = 1h;

struct watch_fixture {
    memory::memory_storage storage;

    watch_fixture()
    {
        const std::array one{bot_registration{aureo, *bot_name::parse("Aureo")}};
        REQUIRE(storage.bots().add(one, soon).at(0));
    }

    bool say(std::uint64_t number, std::uint64_t conversation = 100)
    {
        const std::vector one{submission_of({{.id = number, .conversation = conversation}})};
        return storage.messages().append(one, soon).at(0).has_value();
    }

    /// The messages that a watch delivers, up to a number.
    std::vector<message> watch(stream_query from, std::size_t count)
    {
        stream_watch watched{storage.streams(), std::move(from), never};
        std::vector<message> seen;
        const auto keep = [&](const stream_part& part) {
            seen.insert(seen.end(), part.messages.begin(), part.messages.end());
            if (seen.size() >= count)
                watched.stop();
        };
        CHECK(watched.run(keep, soon));
        return seen;
    }
};

/// Gives prepared answers, and hints while it reads for the first time.
class scripted_store final : public stream_store {
public:
    std::vector<result<stream_part>> read(
        std::span<const stream_query> queries,
        const read_terms& /*terms*/
    ) override
    {
        positions.push_back(queries.front().after);
        if (positions.size() == 1 && hint)
            on_change_(*hint);
        if (answers.empty())
            return {stream_part{.reached = queries.front().after.value_or(stream_start)}};
        std::vector<result<stream_part>> answer{std::move(answers.front())};
        answers.pop_front();
        return answer;
    }

    std::unique_ptr<stream_subscription> listen(listener on_change) override
    {
        on_change_ = std::move(on_change);
        return nullptr;
    }

    std::deque<result<stream_part>> answers{};
    std::vector<std::optional<stream_position>> positions{};
    std::optional<std::vector<stream_id>> hint{};

private:
    listener on_change_{};
};

}  // namespace

TEST_CASE_METHOD(watch_fixture, "stream_watch: stored messages are delivered first, then new ones")
{
    constexpr std::uint64_t before = 5;
    constexpr std::uint64_t all = 200;
    const stream_id followed = GENERATE(stream_id{talk}, stream_id{aureo});
    for (std::uint64_t number = 1; number <= before; ++number)
        REQUIRE(say(number));

    std::atomic<unsigned> failed{0};
    std::thread writer{[&] {
        for (auto number = before + 1; number <= all; ++number) {
            failed += say(number) ? 0 : 1;
            failed += say(1000 + number, 101) ? 0 : 1;
        }
    }};
    const auto count = followed == stream_id{talk} ? all : before + 2 * (all - before);
    const auto seen = watch({.stream = followed, .after = stream_start, .limit = 3}, count);
    writer.join();

    CHECK(failed == 0);
    REQUIRE(seen.size() == count);
    const stream_query whole{.stream = followed, .after = stream_start};
    CHECK(storage.streams().read(std::span{&whole, 1}, soon).at(0)->messages == seen);
}

TEST_CASE_METHOD(watch_fixture, "stream_watch: another watch can continue where one ended")
{
    for (std::uint64_t number = 1; number <= 4; ++number)
        REQUIRE(say(number));

    const auto first = watch({.stream = talk, .after = stream_start, .limit = 2}, 2);
    const auto rest = watch({.stream = talk, .after = position_in(talk, first.back())}, 2);

    CHECK(first.size() == 2);
    REQUIRE(rest.size() == 2);
    CHECK(rest.front().seq == 3);
}

TEST_CASE_METHOD(
    watch_fixture,
    "stream_watch: without a position, earlier messages are not delivered"
)
{
    REQUIRE(say(1));
    stream_watch watched{storage.streams(), {.stream = talk}, 1ms};
    unsigned calls = 0;

    const auto done = watched.run(
        [&](const stream_part& /*part*/) { ++calls; },
        std::chrono::steady_clock::now() + 20ms
    );

    CHECK(done);
    CHECK(calls == 0);
}

TEST_CASE_METHOD(watch_fixture, "stream_watch: a lost cursor ends the run")
{
    stream_watch watched{
        storage.streams(),
        {.stream = talk, .after = stream_position::unchecked(7)},
        never};

    const auto done = watched.run([](const stream_part& /*part*/) {}, soon);

    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::cursor_lost);
}

TEST_CASE("stream_watch: reads are repeated while the store is unavailable")
{
    const auto part_to = [](std::uint64_t seq) {
        const auto one = sample{}.stored(seq, seq);
        return stream_part{.messages = {one}, .reached = position_in(talk, one)};
    };
    const auto first = part_to(1).reached;
    const auto second = part_to(2).reached;
    scripted_store store;
    store.answers = {
        refuse(errc::unavailable, "no"),
        part_to(1),
        refuse(errc::unavailable, "no"),
        stream_part{.reached = first},
        part_to(2)};
    stream_watch watched{store, {.stream = talk, .after = stream_start}, 1ms};
    std::vector<stream_position> reached;

    const auto done = watched.run(
        [&](const stream_part& part) {
            reached.push_back(part.reached);
            if (part.reached == second)
                watched.stop();
        },
        soon
    );

    CHECK(done);
    CHECK(reached == std::vector{first, second});
    const std::vector<std::optional<stream_position>> positions{
        stream_start,
        stream_start,
        first,
        first,
        first};
    CHECK(store.positions == positions);
}

TEST_CASE("stream_watch: a stopped watch does not begin")
{
    scripted_store store;
    stream_watch watched{store, {.stream = talk, .after = stream_start}, never};
    watched.stop();

    CHECK(watched.run([](const stream_part& /*part*/) {}, soon));
    CHECK(store.positions.empty());
}

TEST_CASE("stream_watch: an idle watch reads once, and then waits for a hint or its interval")
{
    scripted_store store;
    store.answers = {stream_part{.reached = stream_start}};
    stream_watch watched{store, {.stream = talk, .after = stream_start}, never};
    const auto until = std::chrono::steady_clock::now() + 50ms;

    CHECK(watched.run([](const stream_part& /*part*/) {}, until));

    CHECK(store.positions.size() == 1);
    CHECK(std::chrono::steady_clock::now() >= until);
}

TEST_CASE("stream_watch: a store that is unavailable is not asked without a pause")
{
    scripted_store store;
    store.answers = {refuse(errc::unavailable, "no")};
    stream_watch watched{store, {.stream = talk, .after = stream_start}, never};

    CHECK(watched.run([](const stream_part& /*part*/) {}, std::chrono::steady_clock::now() + 50ms));

    CHECK(store.positions.size() == 1);
}

TEST_CASE("stream_watch: a watch whose time is over reads nothing")
{
    scripted_store store;
    stream_watch watched{store, {.stream = talk, .after = stream_start}, never};

    CHECK(watched.run([](const stream_part& /*part*/) {}, std::chrono::steady_clock::now()));

    CHECK(store.positions.empty());
}

TEST_CASE("stream_watch: a hint about its stream, or about any, is followed by another read")
{
    using streams = std::vector<stream_id>;
    const auto [hint, reads] = GENERATE(table<streams, std::size_t>(
        {{streams{talk}, 2}, {streams{aureo, talk}, 2}, {streams{}, 2}, {streams{aureo}, 1}}
    ));
    scripted_store store;
    store.hint = hint;
    stream_watch watched{store, {.stream = talk, .after = stream_start}, never};

    CHECK(watched.run([](const stream_part& /*part*/) {}, std::chrono::steady_clock::now() + 50ms));

    CHECK(store.positions.size() == reads);
}
