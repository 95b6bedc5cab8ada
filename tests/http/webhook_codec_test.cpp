#include "adapters/http/codec/webhook_codec.hpp"

#include "adapters/http/codec/json_text.hpp"
#include "tests/unit/fakes.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace botapi::http;
using botcore::testing::id_of;
using botcore::testing::sample;
using botcore::testing::stamp_of;

namespace {

botcore::webhook hook_with(std::vector<botcore::webhook_secret> secrets)
{
    return {
        .id = id_of<botcore::webhook_id>(1),
        .bot = id_of<botcore::bot_id>(11),
        .name = *botcore::webhook_name::parse("crm"),
        .url = *botcore::web_address::parse("https://hooks.example/in"),
        .events = {},
        .secrets = std::move(secrets)};
}

const botcore::webhook_secret secret{std::vector<std::uint8_t>(24, 7)};
const botcore::webhook_secret older{std::vector<std::uint8_t>(24, 8)};

const std::string start = R"({"botId":"00000000-0000-0000-0000-00000000000b","name":"crm",)"
                          R"("url":"https://hooks.example/in",)";

}  // namespace

TEST_CASE("webhook_codec: a webhook is an object with the documented members", "[http]")
{
    auto hook = hook_with({secret, older});
    hook.events.add(botcore::webhook_event::message_inbound);
    const std::string hints = R"("secretHints":[")" + secret.hint() + R"(",")" + older.hint() +
                              R"("])";

    CHECK(to_json(hook) == start + R"("events":["message.inbound"],"enabled":true,)" + hints + '}');
    CHECK(
        with_secrets(hook) == start + R"("events":["message.inbound"],"enabled":true,)" + hints +
                                  R"(,"secrets":[")" + secret.text() + R"(",")" + older.text() +
                                  R"("]})"
    );

    hook.events.add(botcore::webhook_event::message_outbound);
    hook.state = botcore::webhook_state::disabled;
    hook.headers = {*botcore::webhook_header::parse("X-A", "b")};
    CHECK(
        to_json(hook) == start +
                             R"("events":["message.inbound","message.outbound"],"enabled":false,)" +
                             hints + R"(,"headerNames":["X-A"]})"
    );

    hook.state = botcore::webhook_state::gone;
    CHECK(to_json(hook).find(R"("enabled":false,"disabledBecause":"gone",)") != std::string::npos);
}

TEST_CASE("webhook_codec: a delivery has what is known of its last try", "[http]")
{
    botcore::delivery one{
        .webhook = id_of<botcore::webhook_id>(1),
        .message = id_of<botcore::message_id>(2),
        .conversation = id_of<botcore::conversation_id>(100)};
    const std::string first = R"({"id":")" + botcore::delivery_name(one.webhook, one.message) +
                              R"(","messageId":"00000000-0000-0000-0000-000000000002",)"
                              R"("conversationId":"00000000-0000-0000-0000-000000000064",)";

    CHECK(to_json(one) == first + R"("status":"pending","tries":0})");

    one.state = botcore::delivery_state::dead;
    one.tries = 10;
    one.last = {.ended = stamp_of("2026-01-01T00:00:00Z").at(), .status = 503U};
    const std::string last = R"("status":"dead","tries":10,"lastTry":{"at":)"
                             R"("2026-01-01T00:00:00.0000000Z")";
    CHECK(to_json(one) == first + last + R"(,"status":503}})");

    one.last->status.reset();
    one.last->failure = "timeout";
    CHECK(to_json(one) == first + last + R"(,"failure":"timeout"}})");
}

TEST_CASE("webhook_codec: a trial has the response, or why there is none", "[http]")
{
    botcore::webhook_trial trial{.failure = "refused", .duration = std::chrono::milliseconds{12}};
    CHECK(to_json(trial) == R"({"durationMs":12,"failure":"refused"})");

    trial = {.status = 200U, .headers = {{"A", "1"}, {"B", "\""}}, .body = "ok"};
    CHECK(
        to_json(trial) ==
        R"({"durationMs":0,"status":200,"headers":{"A":"1","B":"\""},"body":"ok"})"
    );
    trial.headers.clear();
    CHECK(to_json(trial) == R"({"durationMs":0,"status":200,"headers":{},"body":"ok"})");
}

TEST_CASE("json_text: bots and conversations are objects with the documented members", "[http]")
{
    const auto last = sample{}.stored(3, 9);
    const botcore::conversation talk{
        .id = id_of<botcore::conversation_id>(100),
        .state = {.message_count = 2, .last_seq = 3, .revision = 4},
        .participants =
            {{id_of<botcore::bot_id>(11), id_of<botcore::client_id>(21)},
             {id_of<botcore::bot_id>(12), id_of<botcore::client_id>(22)}},
        .first = stamp_of("2018-01-01T00:00:00Z"),
        .last = last};

    CHECK(
        to_json(talk) == R"({"id":"00000000-0000-0000-0000-000000000064","participants":[)"
                         R"({"botId":"00000000-0000-0000-0000-00000000000b",)"
                         R"("clientId":"00000000-0000-0000-0000-000000000015"},)"
                         R"({"botId":"00000000-0000-0000-0000-00000000000c",)"
                         R"("clientId":"00000000-0000-0000-0000-000000000016"}],)"
                         R"("messageCount":2,"firstTimestamp":"2018-01-01T00:00:00Z",)"
                         R"("lastTimestamp":"2018-11-16T23:30:52.6917722Z","lastMessage":)" +
                             to_json(last) + '}'
    );
    CHECK(
        array_to_json(std::vector{last, last}) == '[' + to_json(last) + ',' + to_json(last) + ']'
    );
    CHECK(array_to_json(std::vector<botcore::message>{}) == "[]");
}
