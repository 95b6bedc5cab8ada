#include "tests/unit/fakes.hpp"

#include <botcore/app/bot_service.hpp>
#include <botcore/app/key_service.hpp>
#include <botcore/app/message_service.hpp>
#include <botcore/app/token_service.hpp>
#include <botcore/app/webhook_service.hpp>
#include <botcore/domain/absence.hpp>
#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/grant.hpp>
#include <botcore/domain/stream.hpp>
#include <botcore/domain/text.hpp>
#include <botcore/domain/web_address.hpp>
#include <botcore/domain/webhook_header.hpp>
#include <botcore/domain/webhook_write.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

// The words of refusals: clients read them, and some programs compare them.

namespace {

std::string words(const error& why)
{
    std::string all = why.detail;
    for (const auto& [pointer, detail] : why.faults)
        all += " | " + pointer + ": " + detail;
    return all;
}

template <class Value>
std::string words(const result<Value>& refused)
{
    return refused ? "accepted" : words(refused.error());
}

class deaf_sender final : public webhook_sender {
public:
    void wake() override {}
    result<> try_out(const webhook& /*tried*/, std::function<void(webhook_trial)> /*done*/) override
    {
        return {};
    }
};

struct services {
    memory::memory_storage storage;
    manual_clock clock{stamp_of("2026-01-01T00:00:00Z").at()};
    sequence_ids ids;
    counted_secrets secrets;
    deaf_sender sender;
    bot_service bots{storage.bots(), ids};
    key_service keys{storage.keys(), clock, ids, secrets};
    token_service tokens{clock};
    message_service messages{
        storage.messages(),
        clock,
        ids,
        {.text_size_max = 3, .metadata_size_max = 5}};
    webhook_service webhooks{storage.webhooks(), sender, clock, ids, secrets, {}};
};

const std::string first_id = uuid_of(1).text();
const std::string second_id = uuid_of(2).text();

const std::string a_uuid = "must be a UUID, as in 7665ada8-3448-4acd-a1b7-d688e68fe9a1.";

}  // namespace

TEST_CASE_METHOD(services, "refusals: a bot's faults are told in these words")
{
    CHECK(
        words(bots.prepare({.id = "x"})) ==
        "The bot has faulty fields. | /id: must be a UUID, as in "
        "36b9f842-ee97-11e8-9443-0242ac120002. | /name: is required."
    );
    CHECK(
        words(bots.prepare({.name = " "})) ==
        "The bot has faulty fields. | /name: must not be blank: write at least one character that "
        "is not white space."
    );
    CHECK(
        words(parse_bot_change(id_of<bot_id>(1), {.id = second_id, .name = "a"}, true)) ==
        "The id of a bot can't change: this bot is " + first_id + ", not " + second_id +
            ". | /id: must be left out, or be " + first_id + "."
    );
    CHECK(
        words(bot_name::parse(std::string(256, 'a'))) ==
        "must have at most 255 characters; this has 256."
    );
}

TEST_CASE_METHOD(services, "refusals: a message's faults are told in these words")
{
    CHECK(
        words(messages.parse({.id = "x", .from = "y", .text = "long"})) ==
        "The message has faulty fields. | /id: " + a_uuid +
            " | /conversationId: is required. | /from: " + a_uuid +
            " | /to: is required. | /text: must have at most 3 bytes of UTF-8; this has 4."
    );
    CHECK(
        words(messages.parse(
            {.conversation_id = first_id,
             .from = first_id,
             .to = second_id,
             .metadata = std::string_view{"{\"\xff\"}"}}
        )) ==
        "The message has faulty fields. | /text: is required. | /metadata: must be JSON text in "
        "UTF-8."
    );
    CHECK(
        words(messages.parse(
            {.conversation_id = first_id,
             .from = first_id,
             .to = second_id,
             .text = "a",
             .metadata = std::string_view{"\"long\xff\""}}
        )) ==
        "The message has faulty fields. | /metadata: must have at most 5 bytes of UTF-8; this has "
        "7."
    );
    CHECK(
        words(messages.parse(
            {.conversation_id = first_id, .from = first_id, .to = first_id, .text = "a"}
        )) == "A message goes from one participant to another, but both are " + first_id +
                  ". | /to: must differ from /from."
    );
    CHECK(words(reused_key()) == "This idempotency key was used for another request.");
    CHECK(
        words(idempotency_key::parse("")) ==
        "An idempotency key has 1 to 255 printable ASCII characters."
    );
}

TEST_CASE("refusals: a time's fault is told in these words")
{
    CHECK(
        words(timestamp::parse("now")) ==
        "must be an RFC 3339 date-time with a zone and at most 9 fractional digits, as in "
        "2018-11-16T23:30:52.6917722Z."
    );
    CHECK(words(timestamp::parse("2018-02-29T00:00:00Z")) == "must name a day that exists.");
    CHECK(
        words(timestamp::parse("2018-02-28T24:00:00Z")) ==
        "must name a time of day from 00:00:00 to 23:59:59."
    );
    CHECK(
        words(timestamp::parse("2018-02-28T23:59:60Z")) ==
        "may have a leap second only at 23:59:60 UTC on June 30 or December 31, under an offset of "
        "whole quarters of an hour."
    );
    CHECK(
        words(timestamp::parse("1000-01-01T00:00:00Z")) ==
        "must lie between 1678-01-01T00:00:00Z and 2262-04-11T23:47:16.854775807Z."
    );
}

TEST_CASE("refusals: a text's fault is told in these words")
{
    CHECK(unreadable_because("\xff") == "must be well-formed UTF-8.");
    CHECK(
        unreadable_because("") ==
        "must not be blank: write at least one character that is not white space."
    );
    CHECK(
        unreadable_because(std::string_view{"a\0", 2}) == "must not contain the character U+0000."
    );
}

TEST_CASE_METHOD(services, "refusals: a key's faults are told in these words")
{
    CHECK(
        words(keys.prepare({.bots = {"x"}, .expires = "2025-01-01T00:00:00Z", .quota = 0})) ==
        "The key has faulty fields. | /name: is required. | /scopes: must have at least one scope. "
        "| /expiresAt: must be in the future. | /quota: must be from 1 to 1000000000000000. "
        "| /bots/0: must be a UUID."
    );
    CHECK(
        words(keys.prepare({.name = "a", .scopes = {"x", "admin"}, .bots = {first_id}})) ==
        "The key has faulty fields. | /scopes/0: must be bots:read, bots:write, messages:read, "
        "messages:write or admin. | /bots: must be left out: an administrator sees all bots."
    );
    const std::vector<std::string_view> many(1'001, first_id);
    CHECK(
        words(keys.prepare({.name = "a", .scopes = {"bots:read"}, .bots = many})) ==
        "The key has faulty fields. | /bots: must have at most 1000 elements."
    );
    CHECK(words(keys.get(id_of<key_id>(1), soon)) == "No key has the id " + first_id + ".");
}

TEST_CASE_METHOD(services, "refusals: a token's faults are told in these words")
{
    CHECK(
        words(tokens.issue({.client_id = "x", .expires_in = 0}, {}, std::nullopt)) ==
        "The token has faulty fields. | /conversationId: is required. | /clientId: " + a_uuid +
            " | /expiresIn: must be a number of seconds from 1 to 86400."
    );
    const grant reader{{.id = {}, .name = {}, .scopes = {scope::messages_read}}};
    CHECK(
        words(reader.may_issue_tokens()) ==
        "This needs a key with the scopes messages:read and messages:write."
    );
}

TEST_CASE("refusals: what a token does not allow is told in these words")
{
    const seat chair{id_of<conversation_id>(1), id_of<client_id>(2)};
    const auto seated = grant{}.seated(chair);
    const std::string start = "This token is valid for one client in one conversation only.";
    const std::string must_be_talk = ": must be " + first_id + ", which this token is for.";

    CHECK(
        words(seated.may_send(sample{}.draft())) == start + " | /conversationId" + must_be_talk +
                                                        " | /from: must be " + second_id +
                                                        ", which this token is for."
    );
    CHECK(words(seated.may_list(message_filter{})) == start + " | /conversationId" + must_be_talk);
    CHECK(
        words(seated.may_follow(id_of<bot_id>(1))) == start + " | /conversationId" + must_be_talk
    );
    CHECK(words(seated.may_read(id_of<conversation_id>(2))) == start + " | /id" + must_be_talk);
    CHECK(words(seated.may_list(conversation_filter{})) == start);
    CHECK(words(seated.may_issue_tokens()) == start);
}

TEST_CASE_METHOD(services, "refusals: a webhook's faults are told in these words")
{
    const std::string start = "The webhook has faulty fields. | ";
    webhook_input input{.url = "http://a.example", .events = {"x"}, .secrets = {"a", "b", "c"}};
    const std::string secret = ": must be whsec_ and 24 to 64 random bytes in base64.";
    CHECK(
        words(webhooks.prepare({}, "a", input)) ==
        start +
            "/url: must be https: this server sends nothing in the clear. | /events/0: must be "
            "message.inbound or message.outbound. | /secrets/0" +
            secret + " | /secrets/1" + secret + " | /secrets/2" + secret +
            " | /secrets: must have at most 2 elements: the new one and the one before it."
    );
    CHECK(
        words(webhooks.prepare({}, "a", {})) ==
        start + "/url: is required. | /events: must have at least one event."
    );
    input = {
        .url = "https://a.example",
        .events = {"message.inbound"},
        .headers = {{{"x", "1"}, {"X", "1"}, {"", "1"}, {"host", "1"}, {"y", " "}}}};
    CHECK(
        words(webhooks.prepare({}, "a", input)) ==
        start +
            "/headers/X: is there twice: case does not matter. | /headers/: must have a name of 1 "
            "to 128 letters, digits and !#$%&'*+-.^_`|~. | /headers/host: has a name that only the "
            "server sets. | /headers/y: must have at most 1,024 visible characters of ASCII, "
            "spaces and tabs, with none of the latter at either end."
    );
    input.headers->assign(17, {"x", "1"});
    CHECK(
        words(webhooks.prepare({}, "a", input)) == start + "/headers: must have at most 16 members."
    );
    CHECK(
        words(webhooks.prepare({}, "-", input)) ==
        "The name of a webhook has 1 to 64 of a to z, 0 to 9 and hyphens, with no hyphen at either "
        "end."
    );
}

TEST_CASE("refusals: a webhook's URL is refused in these words")
{
    CHECK(words(web_address::parse(std::string(2'049, 'x'))) == "must have at most 2048 bytes.");
    CHECK(words(web_address::parse("https://a/#b")) == "must have no fragment.");
    CHECK(
        words(web_address::parse("https://a/ä")) ==
        "must be a URL in ASCII: percent-encode all other characters."
    );
    CHECK(words(web_address::parse("ftp://a")) == "must be a URL, as in https://example.com/hook.");
    CHECK(
        words(web_address::parse("https://a/[")) ==
        "must be a URL: write [ and ] in its path as %5B and %5D."
    );
    CHECK(words(web_address::parse("https://me@a")) == "must have no user and no password.");
    CHECK(
        words(web_address::parse("https://")) == "must name a host, as in https://example.com/hook."
    );
    CHECK(words(web_address::parse("https://a:0")) == "must have a port from 1 to 65535, or none.");
}

TEST_CASE("refusals: what an append refuses is told in these words")
{
    auto quota = submission_of({{.id = 1}});
    quota.account = id_of<key_id>(7);
    const std::vector requests{
        submission_of({{.id = 1}}),
        submission_of({{.id = 1, .text = "other"}}),
        submission_of({{.id = 9, .from = 21, .to = 22}}),
        submission_of({{.id = 3}, {.id = 4}}, receipt{.key = uuid_of(5), .digest = 1}),
        quota};
    auto more = requests;
    more.back().entries[0].id = id_of<message_id>(8);
    append_facts facts{.bots = {id_of<bot_id>(11)}};
    facts.receipts.emplace(uuid_of(5), receipt{.key = uuid_of(5), .digest = 1});

    const append_plan plan{more, facts};
    const auto answers = plan.answers(std::vector<append_plan::row_numbers>(plan.rows().size()));

    CHECK(
        words(answers[1]) == "A message with the id " + first_id +
                                 " exists and has different content. | /id: names an existing "
                                 "message with different content."
    );
    CHECK(
        words(answers[2]) ==
        "Neither end of the message is a registered bot. | /from: is not a registered bot. | /to: "
        "is not a registered bot."
    );
    CHECK(
        words(answers[3]) == "The receipt of a request is stored, but one of its messages is not."
    );
    CHECK(
        words(answers[4]) ==
        "The key's quota of messages is used up. Ask the administrator who issued the key for a "
        "larger quota."
    );
}

TEST_CASE("refusals: what is not there is told in these words")
{
    CHECK(words(absent(id_of<bot_id>(1))) == "No bot is registered under the id " + first_id + ".");
    CHECK(words(absent(id_of<message_id>(1))) == "No message has the id " + first_id + ".");
    CHECK(
        words(absent(id_of<conversation_id>(1))) == "No conversation has the id " + first_id + "."
    );
    CHECK(words(absent_webhook("crm")) == "The bot has no webhook crm.");
    CHECK(absent_webhook("crm").code == errc::not_found);
}

TEST_CASE_METHOD(services, "refusals: a webhook in another state is told in these words")
{
    const auto write = webhooks.prepare(
        id_of<bot_id>(1),
        "crm",
        {.url = "https://a.example", .events = {"message.inbound"}}
    );
    auto update = *write;
    update.must_exist = true;
    CHECK(
        words(decide_on(update, std::nullopt, 0)) ==
        "The webhook crm is not in the state that the request requires. Read it again."
    );
    CHECK(words(decide_on(*write, std::nullopt, 20)) == "A bot has at most 20 webhooks.");
    CHECK(decide_on(*write, std::nullopt, 19));
    const webhook there = decide_on(*write, std::nullopt, 0)->webhook;
    CHECK(
        words(webhooks.redeliver(there, "msg_1", soon)) ==
        "There is no such delivery, pending or dead."
    );
}

TEST_CASE("refusals: a lost cursor is told in these words")
{
    CHECK(
        words(confirm_position({7, 1}, {.last = stream_position{7, 2}})) ==
        "The message behind which the cursor stands is not stored any more."
    );
    CHECK(
        words(confirm_position(stream_position::unchecked(7), {})) ==
        "The cursor is past the end of the stream."
    );
}
