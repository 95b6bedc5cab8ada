#include "adapters/http/api/client_command.hpp"

#include "adapters/http/api/server_frame.hpp"
#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "tests/unit/fakes.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <variant>

using namespace botapi::http;

namespace {

constexpr auto command_talk = "7665ada8-3448-4acd-a1b7-d688e68fe9a1";
constexpr auto aureo = "36b9f842-ee97-11e8-9443-0242ac120002";
constexpr auto somebody = "16edd3b3-3f75-40df-af07-2a3813a79ce9";

struct command_fixture {
    client_command read(const std::string& text) { return read_command(text, messages); }

    template <class Command>
    Command read_as(const std::string& text)
    {
        const auto command = read(text);
        const auto* const faulty = std::get_if<bad_command>(&command);
        INFO(text << (faulty != nullptr ? to_json(faulty->fault, {"", "/stream"}) : ""));
        REQUIRE(std::holds_alternative<Command>(command));
        return std::get<Command>(command);
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

const botcore::stream_id conversation{
    botcore::conversation_id{*botcore::uuid::parse(command_talk)}};

}  // namespace

TEST_CASE_METHOD(command_fixture, "client_command: a subscription names a conversation or a bot")
{
    const auto of_talk = read_as<subscribe_command>(
        subscribe(R"("conversationId":")" + std::string{command_talk} + '"')
    );
    const auto of_bot =
        read_as<subscribe_command>(subscribe(R"("botId":")" + std::string{aureo} + '"'));

    CHECK(of_talk.id == "s1");
    CHECK(of_talk.stream == conversation);
    CHECK_FALSE(of_talk.start.after);
    CHECK(of_bot.stream == botcore::stream_id{botcore::bot_id{*botcore::uuid::parse(aureo)}});
}

TEST_CASE_METHOD(
    command_fixture,
    "client_command: a subscription begins at the start, now, or a cursor"
)
{
    const auto position_of = [&](const std::string& after) {
        return read_as<subscribe_command>(subscribe(
                                              R"("conversationId":")" + std::string{command_talk} +
                                              R"(","after":")" + after + '"'
                                          ))
            .start.after;
    };

    CHECK(position_of("start") == botcore::stream_start);
    CHECK_FALSE(position_of("now"));
    const botcore::stream_position inside{42, 7};
    CHECK(position_of(to_text(conversation, inside)) == inside);
}

TEST_CASE_METHOD(command_fixture, "client_command: a message is read as POST reads it")
{
    const std::string text = R"({"type":"send","id":"m1","idempotencyKey":"once","message":)"
                             R"({"conversationId":")" +
                             std::string{command_talk} + R"(","from":")" + aureo + R"(","to":")" +
                             somebody + R"(","text":"Oi!","metadata":{ "a" : 1.00 }}})";

    const auto command = read_as<send_command>(text);

    CHECK(command.id == "m1");
    REQUIRE(command.key);
    CHECK(command.key->text() == "once");
    CHECK(command.message.content.text == "Oi!");
    CHECK(command.message.content.metadata == R"({ "a" : 1.00 })");
}

TEST_CASE_METHOD(command_fixture, "client_command: all faults are reported together")
{
    const auto command =
        read_as<bad_command>(R"({"type":"subscribe","id":"","botId":"x","after":null,"more":1})");

    CHECK(command.id.empty());
    CHECK(command.fault.kind == problem_kind::invalid_field);
    std::vector<std::string> names;
    for (const auto& part : command.fault.parts)
        names.push_back(part.name);
    CHECK(names == std::vector<std::string>{"/id", "/botId", "/after", "/more"});
}

TEST_CASE_METHOD(command_fixture, "client_command: the fault of a message names its field")
{
    const auto command = read_as<bad_command>(R"({"type":"send","id":"m1","message":{"text":" "}})"
    );

    CHECK(command.id == "m1");
    for (const auto& part : command.fault.parts)
        CHECK(part.name.starts_with("/message/"));
    CHECK(command.fault.parts.size() == 4);
}

TEST_CASE_METHOD(command_fixture, "client_command: a frame that is not a command is refused")
{
    for (const std::string text : {"", "{", "nonsense", "{}{}", R"({"type":"ping","type":"ping"})"})
        CHECK(read_as<bad_command>(text).fault.kind == problem_kind::malformed_json);
    for (const std::string text : {"null", "[]", "{}", R"({"type":"shout"})", R"({"type":7})"})
        CHECK(read_as<bad_command>(text).fault.kind == problem_kind::invalid_field);
    CHECK(read_as<bad_command>(R"({"type":"shout","id":"m1"})").id == "m1");
    CHECK(read_as<ping_command>(R"({"type":"ping","id":"p"})").id == "p");
    CHECK(read_as<unsubscribe_command>(R"({"type":"unsubscribe","id":"s"})").id == "s");
}

TEST_CASE("server_frame: names are written as JSON")
{
    CHECK(pong_frame("a\"b") == R"({"type":"pong","id":"a\"b"})");
    CHECK(unsubscribed_frame("s") == R"({"type":"unsubscribed","id":"s"})");
    CHECK(subscribed_frame("s", "C1") == R"({"type":"subscribed","id":"s","cursor":"C1"})");
    CHECK(error_frame("", "{}") == R"({"type":"error","problem":{}})");
    CHECK(error_frame("m", "{}") == R"({"type":"error","id":"m","problem":{}})");
    CHECK(lost_frame("s", "{}") == R"({"type":"lost","subscription":"s","problem":{}})");
}

TEST_CASE("server_frame: a stored message has its seq beside it")
{
    botcore::appended stored{.stored = botcore::testing::sample{}.stored(7, 9)};
    const auto message = to_json(stored.stored);

    CHECK(
        sent_frame("m", stored) ==
        R"({"type":"sent","id":"m","replayed":false,"seq":7,"message":)" + message + '}'
    );
    stored.replayed = true;
    CHECK(
        sent_frame("m", stored) ==
        R"({"type":"sent","id":"m","replayed":true,"seq":7,"message":)" + message + '}'
    );
}

TEST_CASE("server_frame: the message is between the frame's first and last part")
{
    const auto text = message_begin("s") + "C1" + message_middle(7) + "{}" +
                      std::string{message_end};

    CHECK(text == R"({"type":"message","subscription":"s","cursor":"C1","seq":7,"message":{}})");
}
