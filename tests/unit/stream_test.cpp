#include "tests/unit/fakes.hpp"

#include <botcore/domain/query.hpp>
#include <botcore/domain/stream.hpp>

#include <catch2/catch.hpp>

using namespace botcore;

namespace {

constexpr stream_position last_place = static_cast<stream_position>(INT64_MAX);

uuid numbered(std::uint8_t number)
{
    return uuid{uuid::bytes_type{number}};
}

const stream_id of_conversation = conversation_id{numbered(1)};
const stream_id of_bot = bot_id{numbered(1)};

message message_of(std::uint64_t arrival)
{
    return {
        .id = {},
        .conversation = {},
        .stamp = timestamp::from_clock({}),
        .way = {},
        .content = {"Oi!"},
        .seq = 3,
        .arrival = arrival};
}

}  // namespace

TEST_CASE("stream: a place comes back from its text")
{
    for (const auto& followed : {of_conversation, of_bot}) {
        for (const auto place : {stream_position{0}, stream_position{1}, last_place})
            CHECK(parse_stream_position(followed, to_text(followed, place)) == place);
    }
}

TEST_CASE("stream: a place in one stream is none in another")
{
    CHECK_FALSE(parse_stream_position(of_bot, to_text(of_conversation, 1)));
    CHECK_FALSE(parse_stream_position(of_conversation, to_text(of_bot, 1)));
    CHECK_FALSE(parse_stream_position(conversation_id{numbered(2)}, to_text(of_conversation, 1)));
}

TEST_CASE("stream: a cursor of a list is no place in a stream")
{
    const message_filter listed{.conversation = conversation_id{numbered(1)}};
    const cursor<message_key> place{.key = {.at = {}, .order = 1}};

    const auto text = to_text(place, scope_of(listed, sort_order::ascending));

    CHECK_FALSE(parse_stream_position(of_conversation, text));
}

TEST_CASE("stream: what is no place is refused")
{
    CHECK_FALSE(parse_stream_position(of_bot, ""));
    CHECK_FALSE(parse_stream_position(of_bot, "0"));
    CHECK_FALSE(parse_stream_position(of_bot, to_text(of_bot, 7) + "A"));
}

TEST_CASE("stream: a message stands at its seq in a conversation, at its arrival with a bot")
{
    const auto one = message_of(8);

    CHECK(position_in(of_conversation, one) == 3);
    CHECK(position_in(of_bot, one) == 8);
}

TEST_CASE("stream: a part ends where its limit is, and says whether there is more")
{
    const std::vector found{message_of(3), message_of(4), message_of(6)};

    const auto part = make_part({.stream = of_bot, .limit = 2}, 2, found);
    CHECK(part.messages == std::vector{message_of(3), message_of(4)});
    CHECK(part.reached == 4);
    CHECK_FALSE(part.is_end);

    const auto whole = make_part({.stream = of_bot, .limit = 3}, 2, found);
    CHECK(whole.messages == found);
    CHECK(whole.reached == 6);
    CHECK(whole.is_end);

    CHECK(make_part({.stream = of_bot}, 2, {}) == stream_part{.reached = 2});
}
