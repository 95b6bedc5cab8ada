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

std::shared_ptr<const event_batch> batch_of(std::uint64_t first, std::uint64_t last)
{
    std::vector<botcore::message> messages;
    for (auto seq = first; seq <= last; ++seq)
        messages.push_back(said_at(seq));
    return std::make_shared<const event_batch>(batch_talk, messages);
}

}  // namespace

TEST_CASE("event_batch: a message is an event with its place as id", "[http]")
{
    const event_batch made{batch_talk, {said_at(1), said_at(2)}};

    const auto first = "id: " + botcore::to_text(batch_talk, 1) +
                       "\nevent: message\ndata: " + to_json(said_at(1)) + "\n\n";
    const auto second = "id: " + botcore::to_text(batch_talk, 2) +
                        "\nevent: message\ndata: " + to_json(said_at(2)) + "\n\n";
    CHECK(made.frames(0) == first + second);
    CHECK(made.frames(1) == second);
    CHECK(made.frames(2).empty());
    CHECK(made.cursor(1) == botcore::to_text(batch_talk, 2));
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

TEST_CASE("event_batch: the place in a bot's stream is the arrival", "[http]")
{
    const botcore::stream_id bot = id_of<botcore::bot_id>(11);

    const event_batch made{bot, {said_at(1)}};

    CHECK(made.place(0) == 1'001);
    CHECK(made.cursor(0) == botcore::to_text(bot, 1'001));
}

TEST_CASE("event_batch: line breaks in metadata end no event, and are kept elsewhere", "[http]")
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
    "event_batch: the first after a place is found, whether or not the place is one",
    "[http]"
)
{
    const event_batch made{batch_talk, {said_at(3), said_at(5)}};

    CHECK(made.first_after(0) == 0);
    CHECK(made.first_after(3) == 1);
    CHECK(made.first_after(4) == 1);
    CHECK(made.first_after(5) == 2);
}

TEST_CASE("event_ring: before its start, and for what is unknown, the store is asked", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    CHECK(ring.find(0, true).advice == advice::read);
    CHECK_FALSE(ring.reached());

    ring.start_at(4);
    ring.start_at(7);

    CHECK(ring.reached() == 4U);
    CHECK(ring.find(3, true).advice == advice::read);
    CHECK(ring.find(4, false).advice == advice::wait);
    CHECK(ring.find(5, false).advice == advice::read);
    const auto ahead = ring.find(5, true);
    CHECK(ahead.advice == advice::wait);
    CHECK(ahead.reached == 5);
    CHECK(ahead.is_ahead);
}

TEST_CASE("event_ring: who is at any kept place takes what comes after it, once", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    ring.start_at(0);
    ring.append(2, batch_of(1, 2));
    ring.append(3, nullptr);
    ring.append(5, batch_of(4, 5));

    const auto at_start = ring.find(0, false);
    REQUIRE(at_start.advice == advice::take);
    CHECK(at_start.more.first == 0);
    CHECK(at_start.reached == 2);
    const auto inside = ring.find(1, false);
    CHECK(inside.more.first == 1);
    CHECK(inside.more.batch == at_start.more.batch);
    const auto after_hidden = ring.find(2, false);
    CHECK(after_hidden.more.batch->place(after_hidden.more.first) == 4);
    CHECK(ring.find(5, false).advice == advice::wait);
}

TEST_CASE("event_ring: what is passed over counts as taken", "[http]")
{
    event_ring ring;
    ring.start_at(1);

    ring.append(9, nullptr);

    const auto found = ring.find(1, true);
    CHECK(found.advice == event_ring::advice::wait);
    CHECK(found.reached == 9);
    CHECK_FALSE(found.is_ahead);
}

TEST_CASE("event_ring: what was dropped is read from the store", "[http]")
{
    using advice = event_ring::advice;
    event_ring ring;
    ring.start_at(0);
    ring.append(2, batch_of(1, 2));
    ring.append(4, batch_of(3, 4));

    ring.drop_oldest();

    CHECK(ring.find(1, true).advice == advice::read);
    CHECK(ring.find(2, true).advice == advice::take);
    ring.drop_oldest();
    ring.drop_oldest();
    CHECK(ring.find(3, true).advice == advice::read);
    CHECK(ring.find(4, true).advice == advice::wait);
}

TEST_CASE("event_ring: a stream that got shorter is told", "[http]")
{
    event_ring ring;
    ring.start_at(3);

    ring.lose();

    CHECK(ring.find(3, true).advice == event_ring::advice::lost);
}
