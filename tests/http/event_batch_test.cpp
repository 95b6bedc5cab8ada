#include "adapters/http/live/event_batch.hpp"

#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/live/event_ring.hpp"
#include "tests/unit/fakes.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace botapi::http;
using botcore::testing::id_of;
using botcore::testing::sample;

namespace {

const botcore::stream_id batch_talk = id_of<botcore::conversation_id>(100);

botcore::message said_at(std::uint64_t seq, std::optional<std::string> metadata = std::nullopt)
{
    return sample{.id = seq, .metadata = std::move(metadata)}.stored(seq, seq + 1'000);
}

std::string cursor_of(std::uint64_t seq)
{
    return to_text(batch_talk, position_in(batch_talk, said_at(seq)));
}

botcore::stream_position at(std::uint64_t order)
{
    return botcore::stream_position::unchecked(order);
}

/// The position behind the message that `said_at` makes.
botcore::stream_position behind(std::uint64_t seq)
{
    return position_in(batch_talk, said_at(seq));
}

/// The position behind another message with the same `seq`.
botcore::stream_position behind_other(std::uint64_t seq)
{
    return {seq, *behind(seq).fingerprint() + 1};
}

std::shared_ptr<const event_batch> batch_of(std::uint64_t first, std::uint64_t last)
{
    std::vector<botcore::message> messages;
    for (auto seq = first; seq <= last; ++seq)
        messages.push_back(said_at(seq));
    return std::make_shared<const event_batch>(batch_talk, messages);
}

}  // namespace

TEST_CASE("event_batch: a message is an event whose id is its cursor", "[http]")
{
    const event_batch made{batch_talk, {said_at(1), said_at(2)}};

    const auto first = "id: " + cursor_of(1) + "\nevent: message\ndata: " + to_json(said_at(1)) +
                       "\n\n";
    const auto second = "id: " + cursor_of(2) + "\nevent: message\ndata: " + to_json(said_at(2)) +
                        "\n\n";
    CHECK(made.frames(0) == first + second);
    CHECK(made.frames(1) == second);
    CHECK(made.frames(2).empty());
    CHECK(made.cursor(1) == cursor_of(2));
    CHECK(made.json(1) == to_json(said_at(2)));
    CHECK(made.line(1) == made.json(1));
}

TEST_CASE("event_batch: extras are in every form of a message", "[http]")
{
    const auto broken = said_at(2, "{\n}");
    const std::string end = R"(,"seq":2})";

    const event_batch made{batch_talk, {said_at(1), broken}, {.has_seq = true}};
    const event_batch plain{batch_talk, {said_at(1), broken}};

    CHECK(made.json(1) == to_json(broken).substr(0, to_json(broken).size() - 1) + end);
    CHECK(made.line(1).ends_with(end));
    CHECK(made.frames(1).ends_with(end + "\n\n"));
    CHECK(made.seq(1) == 2);
    CHECK(plain.seq(1) == 2);
    CHECK(plain.json(1) == to_json(broken));
}

TEST_CASE("event_batch: the position in a bot's stream has the arrival", "[http]")
{
    const botcore::stream_id bot = id_of<botcore::bot_id>(11);

    const event_batch made{bot, {said_at(1)}};

    CHECK(made.position(0).order() == 1'001);
    CHECK(made.cursor(0) == to_text(bot, position_in(bot, said_at(1))));
}

TEST_CASE("event_batch: line breaks in metadata don't end an event, and are kept in JSON", "[http]")
{
    const auto broken = said_at(1, "{\r\n\"a\":\n1\r}");

    const event_batch made{batch_talk, {broken, said_at(2)}};

    CHECK(made.json(0) == to_json(broken));
    CHECK(made.line(0).find_first_of("\r\n") == std::string_view::npos);
    CHECK(made.line(0).size() == made.json(0).size());
    CHECK(made.line(0).find("{  \"a\": 1 }") != std::string_view::npos);
    CHECK(made.json(1) == to_json(said_at(2)));
    CHECK(made.frames(0).find("\n\n") == made.frames(0).size() - made.frames(1).size() - 2);
}

TEST_CASE(
    "event_batch: the first message after a position is found, with or without a message at it",
    "[http]"
)
{
    const event_batch made{batch_talk, {said_at(3), said_at(5)}};

    CHECK(made.first_after(at(0)) == 0);
    CHECK(made.first_after(at(3)) == 1);
    CHECK(made.first_after(at(4)) == 1);
    CHECK(made.first_after(at(5)) == 2);
}

TEST_CASE(
    "event_ring: positions before its start, and unknown ones, are read from the store",
    "[http]"
)
{
    using advice = event_ring::advice;
    event_ring ring;
    CHECK(ring.find(at(0), true).advice == advice::read);
    CHECK_FALSE(ring.reached());

    ring.start_at(at(4));
    ring.start_at(at(7));

    CHECK(ring.reached() == at(4));
    CHECK(ring.find(at(3), true).advice == advice::read);
    CHECK(ring.find(at(4), false).advice == advice::wait);
    CHECK(ring.find(at(5), false).advice == advice::read);
    const auto ahead = ring.find(at(5), true);
    CHECK(ahead.advice == advice::wait);
    CHECK(ahead.reached == at(5));
    CHECK(ahead.is_ahead);
}

TEST_CASE("event_ring: a reader at any kept position gets the later events, once", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    ring.start_at(at(0));
    ring.append(at(2), batch_of(1, 2));
    ring.append(at(3), nullptr);
    ring.append(at(5), batch_of(4, 5));

    const auto at_start = ring.find(at(0), false);
    REQUIRE(at_start.advice == advice::take);
    CHECK(at_start.more.first == 0);
    CHECK(at_start.reached == at(2));
    const auto inside = ring.find(at(1), false);
    CHECK(inside.more.first == 1);
    CHECK(inside.more.batch == at_start.more.batch);
    const auto after_hidden = ring.find(at(2), false);
    CHECK(after_hidden.more.batch->position(after_hidden.more.first).order() == 4);
    CHECK(ring.find(at(5), false).advice == advice::wait);
}

TEST_CASE("event_ring: a skipped event counts as taken", "[http]")
{
    event_ring ring;
    ring.start_at(at(1));

    ring.append(at(9), nullptr);

    const auto found = ring.find(at(1), true);
    CHECK(found.advice == event_ring::advice::wait);
    CHECK(found.reached == at(9));
    CHECK_FALSE(found.is_ahead);
}

TEST_CASE("event_ring: dropped events are read from the store", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    ring.start_at(at(0));
    ring.append(at(2), batch_of(1, 2));
    ring.append(at(4), batch_of(3, 4));

    ring.drop_oldest();

    CHECK(ring.find(at(1), true).advice == advice::read);
    CHECK(ring.find(at(2), true).advice == advice::take);
    ring.drop_oldest();
    ring.drop_oldest();
    CHECK(ring.find(at(3), true).advice == advice::read);
    CHECK(ring.find(at(4), true).advice == advice::wait);
}

TEST_CASE("event_ring: a stream that became shorter is reported", "[http]")
{
    event_ring ring;
    ring.start_at(at(3));

    ring.lose();

    CHECK(ring.find(at(3), true).advice == event_ring::advice::lost);
}

TEST_CASE("event_ring: a kept message is identified by its fingerprint", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    ring.start_at(behind(2));
    ring.append(behind(4), batch_of(3, 4));
    ring.append(behind(6), batch_of(5, 6));

    for (std::uint64_t seq = 2; seq <= 5; ++seq) {
        const auto found = ring.find(behind(seq), false);
        CHECK(found.advice == advice::take);
        CHECK(found.more.batch->position(found.more.first) == behind(seq + 1));
    }
    CHECK(ring.find(behind(6), false).advice == advice::wait);
}

TEST_CASE("event_ring: the store decides on a fingerprint that differs from the kept one", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    ring.start_at(behind(2));
    ring.append(behind(4), batch_of(3, 4));
    ring.append(behind(7), batch_of(6, 7));

    for (const std::uint64_t seq : {2U, 3U, 4U, 5U, 6U, 7U})
        CHECK(ring.find(behind_other(seq), true).advice == advice::read);
    CHECK(ring.find(behind(5), true).advice == advice::read);
    ring.drop_oldest();
    CHECK(ring.find(behind(4), false).advice == advice::take);
    CHECK(ring.find(behind_other(4), false).advice == advice::read);
}
