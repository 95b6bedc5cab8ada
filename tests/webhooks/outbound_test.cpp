#include "adapters/webhooks/outbound.hpp"

#include "adapters/webhooks/payload.hpp"

#include <botcore/domain/stream.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <string>

using namespace botapi::webhooks;
using namespace std::chrono_literals;

namespace {

const botcore::instant noon = botcore::timestamp::parse("2026-11-25T12:00:00Z")->at();

botcore::message some_message()
{
    return {
        .id = {*botcore::uuid::parse("67ade836-ea2e-4992-a7c2-f04b696dc9ff")},
        .conversation = {*botcore::uuid::parse("7665ada8-3448-4acd-a1b7-d688e68fe9a1")},
        .stamp = *botcore::timestamp::parse("2018-11-16T23:30:52.6917722-03:00"),
        .way =
            {{*botcore::uuid::parse("36b9f842-ee97-11e8-9443-0242ac120002")},
             botcore::direction::outbound,
             {*botcore::uuid::parse("16edd3b3-3f75-40df-af07-2a3813a79ce9")}},
        .content = {.text = "\"Oi\"\n\x01 \xe2\x98\x83", .metadata = R"({ "a": 1.50 })"},
        .seq = 3,
        .arrival = 9};
}

}  // namespace

TEST_CASE(
    "payload_of: the payload has the message as the API shows it, and its cursor",
    "[webhooks]"
)
{
    const auto original = some_message();

    const auto text = payload_of(original);

    const auto value = boost::json::parse(text);
    CHECK(value.at("type").as_string() == "message.outbound");
    CHECK(value.at("timestamp").as_string() == "2018-11-16T23:30:52.6917722-03:00");
    const auto& data = value.at("data");
    CHECK(data.at("botId").as_string() == "36b9f842-ee97-11e8-9443-0242ac120002");
    CHECK(data.at("seq").as_int64() == 3);
    const std::string cursor{data.at("cursor").as_string()};
    CHECK(
        botcore::parse_stream_position(original.way.bot, cursor) ==
        position_in(original.way.bot, original)
    );
    const auto& message = data.at("message");
    CHECK(message.at("id").as_string() == "67ade836-ea2e-4992-a7c2-f04b696dc9ff");
    CHECK(message.at("from").as_string() == "36b9f842-ee97-11e8-9443-0242ac120002");
    CHECK(message.at("to").as_string() == "16edd3b3-3f75-40df-af07-2a3813a79ce9");
    CHECK(std::string{message.at("text").as_string()} == original.content.text);
    CHECK(text.ends_with(R"("metadata":{ "a": 1.50 }}}})"));
    CHECK(payload_of(original) == text);
}

TEST_CASE("sample_payload: a message that is not stored has the cursor of the start", "[webhooks]")
{
    const auto bot = some_message().way.bot;

    const auto data = boost::json::parse(sample_payload(bot, {})).at("data");

    const std::string cursor{data.at("cursor").as_string()};
    CHECK(botcore::parse_stream_position(bot, cursor) == botcore::stream_start);
}

TEST_CASE("request_for: the request is signed", "[webhooks]")
{
    const auto secret = *botcore::webhook_secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const botcore::webhook webhook{
        .id = {},
        .bot = {},
        .name = *botcore::webhook_name::parse("a"),
        .url = *botcore::web_address::parse("https://example.com/"),
        .events = {},
        .secrets = {secret},
        .headers = {*botcore::webhook_header::parse("X-Key", "a b")}};

    const auto request = request_for(webhook, "msg_1", "{}", 3, noon + 999ms);

    const header_fields expected{
        {"Content-Type", "application/json"},
        {"webhook-id", "msg_1"},
        {"webhook-timestamp", "1795608000"},
        {"webhook-attempt", "3"},
        {"webhook-signature",
         botcore::signatures_for(webhook.secrets, "msg_1", 1'795'608'000, "{}")},
        {"X-Key", "a b"}};
    CHECK(request.headers == expected);
    CHECK(request.body == "{}");
}

TEST_CASE("parse_retry_after: seconds and future dates are accepted", "[webhooks]")
{
    CHECK(parse_retry_after("120", noon) == 120s);
    CHECK(parse_retry_after("0", noon) == 0s);
    CHECK(parse_retry_after("99999999999999999999", noon) == std::chrono::seconds::max());
    CHECK(parse_retry_after("Wed, 25 Nov 2026 12:01:30 GMT", noon) == 90s);
    CHECK(parse_retry_after("Wed, 25 Nov 2026 12:01:30 GMT", noon + 1ms) == 90s);
    CHECK(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", noon) > 24h);
    CHECK_FALSE(parse_retry_after("Wed, 25 Nov 2026 12:00:00 GMT", noon));
    CHECK_FALSE(parse_retry_after("Wed, 25 Nov 2026 11:59:00 GMT", noon));
    CHECK_FALSE(parse_retry_after("Sat, 01 Jan 0001 00:00:00 GMT", noon));
    for (const auto* const text : {"", "-1", "soon", "1.5", "25 Nov 2026"})
        CHECK_FALSE(parse_retry_after(text, noon));
}

TEST_CASE("attempt_from: the result has what the next attempt depends on", "[webhooks]")
{
    const exchange_answer answer{
        .status = 429U,
        .headers = {{"retry-AFTER", "7"}, {"Server", "x"}},
        .body = "slower"};

    const botcore::attempt expected{.ended = noon, .status = 429U, .retry_after = 7s};
    CHECK(attempt_from(answer, noon) == expected);
}

TEST_CASE("trial_from: the result has a body in UTF-8, and useful headers", "[webhooks]")
{
    const auto shown_body = [](std::string body) {
        return trial_from({.status = 200U, .body = std::move(body)}).body;
    };
    CHECK(
        shown_body("caf\xc3\xa9 \xe2\x98\x83 \xf0\x9f\x8d\x80") ==
        "caf\xc3\xa9 \xe2\x98\x83 \xf0\x9f\x8d\x80"
    );
    CHECK(shown_body("cut \xe2\x98") == "cut ??");
    CHECK(shown_body("\xc0\xaf \xed\xa0\x80 \xf5 \x80 \xff") == "?? ??? ? ? ?");
    CHECK(shown_body("\xf4\x90\x80\x80\xe0\x80\x80") == "???????");

    const auto trial = trial_from(
        {.status = 302U, .headers = {{"location", "/x"}, {"Set-Cookie", "a=b"}, {"server", "y"}}}
    );
    CHECK(trial.headers == header_fields{{"Location", "/x"}, {"Server", "y"}});
}
