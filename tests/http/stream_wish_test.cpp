#include "adapters/http/api/stream_wish.hpp"

#include "adapters/http/api/stream_words.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "tests/support/printers.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <variant>

using namespace botapi::http;

namespace {

constexpr auto talk = "7665ada8-3448-4acd-a1b7-d688e68fe9a1";
constexpr auto aureo = "36b9f842-ee97-11e8-9443-0242ac120002";
constexpr auto somebody = "16edd3b3-3f75-40df-af07-2a3813a79ce9";

struct wish_fixture {
    stream_wish read(const std::string& text) { return read_wish(text, messages); }

    template <class Wish>
    Wish read_as(const std::string& text)
    {
        const auto wish = read(text);
        const auto* const faulty = std::get_if<faulty_wish>(&wish);
        INFO(text << (faulty != nullptr ? to_json(faulty->fault, "/stream") : ""));
        REQUIRE(std::holds_alternative<Wish>(wish));
        return std::get<Wish>(wish);
    }

    botcore::memory::memory_storage storage;
    botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::message_service messages{storage.messages(), clock, ids};
};

std::string subscribe(const std::string& rest)
{
    return R"({"type":"subscribe","id":"s1",)" + rest + '}';
}

const botcore::stream_id conversation{botcore::conversation_id{*botcore::uuid::parse(talk)}};

}  // namespace

TEST_CASE_METHOD(wish_fixture, "stream_wish: a subscription names a conversation or a bot")
{
    const auto of_talk =
        read_as<subscribe_wish>(subscribe(R"("conversationId":")" + std::string{talk} + '"'));
    const auto of_bot = read_as<subscribe_wish>(subscribe(R"("botId":")" + std::string{aureo} + '"')
    );

    CHECK(of_talk.id == "s1");
    CHECK(of_talk.stream == conversation);
    CHECK_FALSE(of_talk.start.after);
    CHECK(of_bot.stream == botcore::stream_id{botcore::bot_id{*botcore::uuid::parse(aureo)}});
}

TEST_CASE_METHOD(wish_fixture, "stream_wish: a subscription begins at the start, now, or a cursor")
{
    const auto place_of = [&](const std::string& after) {
        return read_as<subscribe_wish>(subscribe(
                                           R"("conversationId":")" + std::string{talk} +
                                           R"(","after":")" + after + '"'
                                       ))
            .start.after;
    };

    CHECK(place_of("start") == botcore::stream_position{0});
    CHECK_FALSE(place_of("now"));
    CHECK(place_of(to_text(conversation, 42)) == botcore::stream_position{42});
}

TEST_CASE_METHOD(wish_fixture, "stream_wish: a message is read as POST reads it")
{
    const std::string text = R"({"type":"send","id":"m1","idempotencyKey":"once","message":)"
                             R"({"conversationId":")" +
                             std::string{talk} + R"(","from":")" + aureo + R"(","to":")" +
                             somebody + R"(","text":"Oi!","metadata":{ "a" : 1.00 }}})";

    const auto wish = read_as<send_wish>(text);

    CHECK(wish.id == "m1");
    REQUIRE(wish.key);
    CHECK(wish.key->text() == "once");
    CHECK(wish.message.text == "Oi!");
    CHECK(wish.message.metadata == R"({ "a" : 1.00 })");
}

TEST_CASE_METHOD(wish_fixture, "stream_wish: all that is wrong is told at once")
{
    const auto wish =
        read_as<faulty_wish>(R"({"type":"subscribe","id":"","botId":"x","after":null,"more":1})");

    CHECK(wish.id.empty());
    CHECK(wish.fault.kind == problem_kind::invalid_field);
    std::vector<std::string> names;
    for (const auto& part : wish.fault.parts)
        names.push_back(part.name);
    CHECK(names == std::vector<std::string>{"/id", "/botId", "/after", "/more"});
}

TEST_CASE_METHOD(wish_fixture, "stream_wish: faults of a message are told where they stand")
{
    const auto wish = read_as<faulty_wish>(R"({"type":"send","id":"m1","message":{"text":" "}})");

    CHECK(wish.id == "m1");
    for (const auto& part : wish.fault.parts)
        CHECK(part.name.starts_with("/message/"));
    CHECK(wish.fault.parts.size() == 4);
}

TEST_CASE_METHOD(wish_fixture, "stream_wish: what is no request is refused")
{
    for (const std::string text : {"", "{", "nonsense", "{}{}", R"({"type":"ping","type":"ping"})"})
        CHECK(read_as<faulty_wish>(text).fault.kind == problem_kind::malformed_json);
    for (const std::string text : {"null", "[]", "{}", R"({"type":"shout"})", R"({"type":7})"})
        CHECK(read_as<faulty_wish>(text).fault.kind == problem_kind::invalid_field);
    CHECK(read_as<faulty_wish>(R"({"type":"shout","id":"m1"})").id == "m1");
    CHECK(read_as<ping_wish>(R"({"type":"ping","id":"p"})").id == "p");
    CHECK(read_as<unsubscribe_wish>(R"({"type":"unsubscribe","id":"s"})").id == "s");
}

TEST_CASE("stream_words: names are written as JSON")
{
    CHECK(pong_text("a\"b") == R"({"type":"pong","id":"a\"b"})");
    CHECK(unsubscribed_text("s") == R"({"type":"unsubscribed","id":"s"})");
    CHECK(subscribed_text("s", "C1") == R"({"type":"subscribed","id":"s","cursor":"C1"})");
    CHECK(error_text("", "{}") == R"({"type":"error","problem":{}})");
    CHECK(error_text("m", "{}") == R"({"type":"error","id":"m","problem":{}})");
    CHECK(lost_text("s", "{}") == R"({"type":"lost","subscription":"s","problem":{}})");
}

TEST_CASE("stream_words: a message stands between its parts")
{
    const auto text = message_begin("s") + "C1" + std::string{message_middle} + "{}" +
                      std::string{message_end};

    CHECK(text == R"({"type":"message","subscription":"s","cursor":"C1","message":{}})");
}
