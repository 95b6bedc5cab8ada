#include "tests/unit/fakes.hpp"

#include <botcore/domain/query.hpp>
#include <botcore/domain/stream.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

using namespace botcore;

namespace {

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

stream_position behind(std::uint64_t arrival)
{
    return position_in(of_bot, message_of(arrival));
}

// Another program computed these values from ADR 20.
const stream_id written_talk = conversation_id{
    *uuid::parse("7665ada8-3448-4acd-a1b7-d688e68fe9a1")};
const stream_id written_bot = bot_id{*uuid::parse("36b9f842-ee97-11e8-9443-0242ac120002")};
const message_id written_id{*uuid::parse("67ade836-ea2e-4992-a7c2-f04b696dc9ff")};
const auto written_at = timestamp::parse("2018-11-16T23:30:52.6917722Z") -> at();
constexpr std::uint64_t written_fingerprint = 0x5c75ac50338615d3;

}  // namespace

TEST_CASE("stream: a fingerprint has the documented value")
{
    CHECK(fingerprint_of(written_id, 3, written_at) == written_fingerprint);
    CHECK(
        fingerprint_of(written_id, 3, instant{std::chrono::nanoseconds{-1}}) == 0xe483d80546867631
    );
    CHECK(fingerprint_of({}, 0, {}) == 0xc8210784d8af5a5);
}

TEST_CASE("stream: the fingerprint depends on id, seq and instant")
{
    const auto one = fingerprint_of(written_id, 3, written_at);

    for (std::size_t byte = 0; byte < uuid::size; ++byte) {
        auto bytes = written_id.value.bytes();
        bytes.at(byte) ^= 1U;
        CHECK(fingerprint_of(message_id{uuid{bytes}}, 3, written_at) != one);
    }
    for (unsigned bit = 0; bit < 63; ++bit) {
        const auto number = std::uint64_t{1} << bit;
        const std::chrono::nanoseconds more{static_cast<std::int64_t>(number)};
        CHECK(fingerprint_of(written_id, 3 ^ number, written_at) != one);
        CHECK(fingerprint_of(written_id, 3, instant{more}) != one);
    }
}

TEST_CASE("stream: a cursor has the documented bytes")
{
    const stream_position in_talk{3, written_fingerprint};
    CHECK(to_text(written_talk, in_talk) == "AhuqPZYBAAADAAAAAAAAANMVhjNQrHVc");
    CHECK(to_text(written_talk, stream_start) == "AhuqPZYA");
    const stream_position of_all{1'007, written_fingerprint};
    CHECK(to_text(written_bot, of_all) == "Ap9tPbEBAADvAwAAAAAAANMVhjNQrHVc");
    CHECK(to_text(written_bot, stream_start) == "Ap9tPbEA");

    CHECK(parse_stream_position(written_talk, "AhuqPZYBAAADAAAAAAAAANMVhjNQrHVc") == in_talk);
    CHECK(parse_stream_position(written_bot, "Ap9tPbEBAADvAwAAAAAAANMVhjNQrHVc") == of_all);
}

TEST_CASE("stream: a cursor without a version is read, and has no fingerprint")
{
    const auto in_talk = stream_position::unchecked(3);
    CHECK(parse_stream_position(written_talk, "AAAAAAAAAAAAAwAAAAAAAAAbqj2W") == in_talk);
    CHECK_FALSE(in_talk.fingerprint());
    const auto of_all = stream_position::unchecked(1'007);
    CHECK(parse_stream_position(written_bot, "AAAAAAAAAAAA7wMAAAAAAACfbT2x") == of_all);
    CHECK(parse_stream_position(written_bot, "AAAAAAAAAAAAAAAAAAAAAACfbT2x") == stream_start);

    CHECK(to_text(written_talk, in_talk) == "AAAAAAAAAAAAAwAAAAAAAAAbqj2W");
    CHECK_FALSE(parse_stream_position(written_bot, "AAAAAAAAAAAAAwAAAAAAAAAbqj2W"));
    CHECK_FALSE(parse_stream_position(written_talk, "AQAAAAAAAAAAAwAAAAAAAAAbqj2W"));
}

TEST_CASE("stream: a text that is not a cursor is refused")
{
    const auto [why, text] = GENERATE(table<std::string, std::string>({
        {"nothing", ""},
        {"too short", "0"},
        {"a byte more", "AhuqPZYBAAADAAAAAAAAANMVhjNQrHVcAA"},
        {"padding", "AhuqPZYA===="},
        {"cut off", "AhuqPZYBAAADAAAAAAAAANMVhjNQrHV"},
        {"a count without its source", "AhuqPZYB"},
        {"a source without its count", "AhuqPZYAAAADAAAAAAAAANMVhjNQrHVc"},
        {"two sources", "AhuqPZYCAAADAAAAAAAAANMVhjNQrHVcAQADAAAAAAAAANMVhjNQrHVc"},
        {"an unknown source", "AhuqPZYBAQADAAAAAAAAANMVhjNQrHVc"},
        {"an order that no message has", "AhuqPZYBAAAAAAAAAAAAANMVhjNQrHVc"},
        {"an order past all messages", "AhuqPZYBAAAAAAAAAAAAgNMVhjNQrHVc"},
        {"a version to come", "AxuqPZYBAAADAAAAAAAAANMVhjNQrHVc"},
        {"another alphabet", "AhuqPZYBAAADAAAAAAAAANMVhjNQrHV/"},
    }));

    INFO(why);
    CHECK_FALSE(parse_stream_position(written_talk, text));
}

TEST_CASE("stream: a position is read back from its text")
{
    for (const auto& followed : {of_conversation, of_bot}) {
        for (const auto& position :
             {stream_start,
              stream_position{1, 0},
              stream_position{order_max, ~std::uint64_t{0}},
              stream_position::unchecked(1),
              stream_position::unchecked(order_max)})
            CHECK(parse_stream_position(followed, to_text(followed, position)) == position);
    }
}

TEST_CASE("stream: a cursor of another stream is refused")
{
    for (const auto& position : {stream_start, behind(1), stream_position::unchecked(1)}) {
        const auto text = to_text(of_conversation, position);
        CHECK_FALSE(parse_stream_position(of_bot, text));
        CHECK_FALSE(parse_stream_position(conversation_id{numbered(2)}, text));
        CHECK_FALSE(parse_stream_position(of_conversation, to_text(of_bot, position)));
    }
}

TEST_CASE("stream: a cursor of a list is refused")
{
    const message_filter listed{.conversation = conversation_id{numbered(1)}};
    const cursor<message_key> in_list{.key = {.at = {}, .order = 1}};

    const auto text = to_text(in_list, scope_of(listed, sort_order::ascending));

    CHECK_FALSE(parse_stream_position(of_conversation, text));
}

TEST_CASE("stream: a text with one changed character is refused, or is another canonical cursor")
{
    const auto text = to_text(of_bot, behind(8));
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = text;
            changed[at] = static_cast<char>(byte);
            const auto read = parse_stream_position(of_bot, changed);
            if (read && to_text(of_bot, *read) != changed)
                FAIL("two texts for one position: " << changed);
        }
    }
}

TEST_CASE("stream: a cursor is appended to a text")
{
    std::string text = "id: ";

    stream_cursor_writer{of_bot}.append(text, behind(8));

    CHECK(text == "id: " + to_text(of_bot, behind(8)));
}

TEST_CASE("stream: a position names the sources that were read")
{
    CHECK(stream_start.is_start());
    CHECK(stream_start.sources().empty());
    REQUIRE(behind(8).sources().size() == 1);
    CHECK(
        behind(8).sources()[0] ==
        source_position{.source = 0, .order = 8, .fingerprint = behind(8).fingerprint()}
    );
}

TEST_CASE("stream: the order of a message is its seq in a conversation, its arrival with a bot")
{
    const auto one = message_of(8);

    CHECK(position_in(of_conversation, one).order() == 3);
    CHECK(position_in(of_bot, one).order() == 8);
    const auto fingerprint = fingerprint_of(one.id, 3, one.stamp.at());
    CHECK(position_in(of_conversation, one).fingerprint() == fingerprint);
    CHECK(position_in(of_bot, one).fingerprint() == fingerprint);
}

TEST_CASE("stream: a part ends at its limit, and says whether there is more")
{
    const std::vector found{message_of(3), message_of(4), message_of(6)};

    const auto part = make_part({.stream = of_bot, .limit = 2}, behind(2), found);
    CHECK(part.messages == std::vector{message_of(3), message_of(4)});
    CHECK(part.reached == behind(4));
    CHECK_FALSE(part.is_end);

    const auto whole = make_part({.stream = of_bot, .limit = 3}, behind(2), found);
    CHECK(whole.messages == found);
    CHECK(whole.reached == behind(6));
    CHECK(whole.is_end);

    CHECK(make_part({.stream = of_bot}, behind(2), {}) == stream_part{.reached = behind(2)});
}

TEST_CASE("stream: a reader can always continue from the start")
{
    CHECK(*confirm_position(stream_start, {}) == stream_start);
    CHECK(*confirm_position(stream_start, {.last = {}, .has_later = true}) == stream_start);
}

TEST_CASE("stream: a reader can continue from a stored message only")
{
    const stream_position known{8, 77};
    const auto is_lost = [&](const position_facts& facts) {
        const auto confirmed = confirm_position(known, facts);
        return !confirmed && confirmed.error().code == errc::cursor_lost;
    };

    for (const bool has_later : {false, true}) {
        CHECK(*confirm_position(known, {.last = known, .has_later = has_later}) == known);
        CHECK(is_lost({.last = {}, .has_later = has_later}));
        CHECK(is_lost({.last = stream_position{8, 78}, .has_later = has_later}));
        CHECK(is_lost({.last = stream_position{7, 77}, .has_later = has_later}));
    }
}

TEST_CASE("stream: a position without a fingerprint gets one, unless it is past the end")
{
    const auto unchecked = stream_position::unchecked(8);
    const stream_position there{8, 77};
    const stream_position before{5, 77};

    CHECK(*confirm_position(unchecked, {.last = there}) == there);
    CHECK(*confirm_position(unchecked, {.last = before, .has_later = true}) == before);
    CHECK(*confirm_position(unchecked, {.last = {}, .has_later = true}) == stream_start);
    CHECK(confirm_position(unchecked, {.last = before}).error().code == errc::cursor_lost);
    CHECK(confirm_position(unchecked, {}).error().code == errc::cursor_lost);
}
