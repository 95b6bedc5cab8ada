#include "tests/http/kit.hpp"

#include <botcore/domain/stream.hpp>

#include <string>

using namespace botapi::http::testing;
using boost::beast::http::verb;

namespace {

constexpr const char* body = R"({"url":"https://hooks.example/in","events":["message.inbound"]})";

struct webhooks_fixture {
    webhooks_fixture()
    {
        REQUIRE(tested.post("/bots", R"({"name":"Aureo","id":")" + bot + "\"}").status == 201);
    }

    reply put(const std::string& content, header_list headers = {as_json})
    {
        return tested.ask(verb::put, path, {.headers = std::move(headers), .body = content});
    }

    api tested;
    const std::string bot = api::bot;
    const std::string path = "/bots/" + bot + "/webhooks/crm";
};

}  // namespace

TEST_CASE_METHOD(
    webhooks_fixture,
    "webhooks_api: secrets are only in the answer that created them",
    "[http]"
)
{
    const auto made = put(body);
    const auto again = put(body);
    const auto read = tested.get(path);

    CHECK(made.status == 201);
    CHECK(made.header("Location") == path);
    CHECK(made.header("Cache-Control") == "no-store");
    const auto secret = made.json().at("secrets").at(0).as_string();
    CHECK(again.status == 200);
    CHECK(read.status == 200);
    for (const auto& later : {again, read}) {
        CHECK(later.body.find(secret.c_str()) == std::string::npos);
        CHECK(later.header("ETag") == made.header("ETag"));
    }
}

TEST_CASE_METHOD(webhooks_fixture, "webhooks_api: answers hide the values of headers", "[http]")
{
    const std::string start = R"({"url":"https://hooks.example/in","events":["message.inbound"],)";
    const auto made = put(start + R"("headers":{"Authorization":"Bearer s3cret","X-B":""}})");

    CHECK(made.status == 201);
    for (const auto& answer : {made, tested.get(path), put(body)}) {
        CHECK(answer.body.find("s3cret") == std::string::npos);
        CHECK(answer.body.find(R"("headerNames":["Authorization","X-B"])") != std::string::npos);
        CHECK(answer.header("ETag") == made.header("ETag"));
    }
    CHECK(put(start + R"("headers":{}})").body.find("headerNames") == std::string::npos);
}

TEST_CASE_METHOD(webhooks_fixture, "webhooks_api: headers are an object of strings", "[http]")
{
    const std::string start = R"({"url":"https://hooks.example/in","events":["message.inbound"],)";
    for (const auto* const wrong : {"null", "[]", "\"a: b\"", "7"}) {
        const auto refused = put(start + R"("headers":)" + wrong + "}");
        CHECK(refused.status == 400);
        CHECK(refused.json().at("errors").at(0).at("pointer").as_string() == "/headers");
    }
    const auto refused = put(start + R"("headers":{"a/b~":null,"x":"1","y":["2"]}})");
    REQUIRE(refused.json().at("errors").as_array().size() == 2);
    CHECK(refused.json().at("errors").at(0).at("pointer").as_string() == "/headers/a~1b~0");
    CHECK(refused.json().at("errors").at(1).at("pointer").as_string() == "/headers/y");
}

TEST_CASE_METHOD(webhooks_fixture, "webhooks_api: a sample comes back from the sender", "[http]")
{
    put(body);

    const auto tried = tested.post(path + "/test", "", {});

    CHECK(tried.status == 200);
    CHECK(
        tried.body ==
        R"({"durationMs":0,"status":202,"headers":{"Server":"echo"},"body":"https://hooks.example/in"})"
    );
}

TEST_CASE_METHOD(webhooks_fixture, "webhooks_api: pending deliveries can be listed", "[http]")
{
    put(body);
    const std::string message =
        R"({"conversationId":"7665ada8-3448-4acd-a1b7-d688e68fe9a1","text":"Oi!",)"
        R"("from":"16edd3b3-3f75-40df-af07-2a3813a79ce9","to":")" +
        bot + "\"}";
    REQUIRE(tested.post("/messages", message).status == 201);

    const auto pending = tested.get(path + "/deliveries");

    REQUIRE(pending.status == 200);
    const auto listed = pending.json().as_array();
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].at("status").as_string() == "pending");
    CHECK(listed[0].at("tries").as_int64() == 0);
    const auto id = std::string{listed[0].at("id").as_string()};
    CHECK(tested.post(path + "/deliveries/" + id + "/redeliver", "", {}).status == 204);
    CHECK(tested.get(path + "/deliveries?status=dead").body == "[]");
    CHECK(tested.get(path + "/deliveries?status=lost").status == 400);
}

TEST_CASE_METHOD(webhooks_fixture, "webhooks_api: a replay says how far it got", "[http]")
{
    put(body);

    const auto done = tested.post(path + "/replay", R"({"after":"start"})");

    CHECK(done.status == 200);
    CHECK(done.json().at("queued").as_int64() == 0);
    CHECK(done.json().at("complete").as_bool());
    CHECK(tested.post(path + "/replay", R"({"after":"here"})").status == 400);
    CHECK(tested.post(path + "/replay", R"({"after":7})").status == 400);
}

TEST_CASE_METHOD(
    webhooks_fixture,
    "webhooks_api: a replay refuses a cursor behind a lost message",
    "[http]"
)
{
    put(body);
    tested.say("7665ada8-3448-4acd-a1b7-d688e68fe9a1", "16edd3b3-3f75-40df-af07-2a3813a79ce9", "1");
    const botcore::stream_id stream = botcore::bot_id{*botcore::uuid::parse(bot)};
    const auto replay = [&](const std::string& after) {
        return tested.post(path + "/replay", R"({"after":")" + after + "\"}");
    };

    const auto done = replay("start");
    const std::string cursor{done.json().at("cursor").as_string()};
    const auto known = *botcore::parse_stream_position(stream, cursor);
    const auto lost = replay(to_text(stream, {known.order(), *known.fingerprint() + 1}));

    CHECK(replay(cursor).status == 200);
    CHECK(lost.status == 410);
    CHECK(lost.json().at("type") == "/problems/place-lost");
}
