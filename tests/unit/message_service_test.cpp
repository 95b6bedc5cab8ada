#include "tests/unit/fakes.hpp"

#include <botcore/app/message_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

struct message_service_fixture {
    message_service_fixture()
    {
        const std::vector<bot_registration> bots{
            {.id = id_of<bot_id>(11), .name = *bot_name::parse("Aureo")}};
        (void)storage.bots().add(bots, soon);
    }

    result<std::vector<appended>> append(submission request)
    {
        return messages.append(std::vector{std::move(request)}, soon).front();
    }

    memory::memory_storage storage;
    manual_clock clock{stamp_of("2026-01-01T00:00:00.123456789Z").at()};
    sequence_ids ids;
    message_service messages{storage.messages(), clock, ids};
};

/// A draft that leaves id and time to the server.
draft bare(std::string text = "Oi!")
{
    auto made = sample{.text = std::move(text)}.draft();
    made.id.reset();
    made.stamp.reset();
    return made;
}

}  // namespace

TEST_CASE_METHOD(message_service_fixture, "message_service: the service's limits apply")
{
    const message_service small{storage.messages(), clock, ids, {.text_size_max = 3}};
    const auto id = uuid_of(1).text();
    const auto other = uuid_of(2).text();
    const message_input input{.conversation_id = id, .from = id, .to = other, .text = "Oi!!"};

    CHECK(messages.parse(input));
    CHECK_FALSE(small.parse(input));
}

TEST_CASE_METHOD(message_service_fixture, "message_service: values of the client are kept")
{
    const auto prepared = *messages.prepare({sample{}.draft()});

    REQUIRE(prepared.entries.size() == 1);
    CHECK(prepared.entries[0].id == id_of<message_id>(1));
    CHECK(prepared.entries[0].stamp == stamp_of(sample{}.stamp));
    CHECK(prepared.entries[0].draft == sample{}.draft());
    CHECK_FALSE(prepared.receipt);
    CHECK(ids.count() == 0);
}

TEST_CASE_METHOD(message_service_fixture, "message_service: the server fills in missing values")
{
    const auto prepared = *messages.prepare({bare(), bare()});

    REQUIRE(prepared.entries.size() == 2);
    const auto& [one, other] = std::pair{prepared.entries[0], prepared.entries[1]};
    CHECK(one.stamp.text() == "2026-01-01T00:00:00.1234567Z");
    CHECK(other.stamp == one.stamp);
    CHECK(one.id < other.id);
    CHECK(one.id.value.version() == 7);
    CHECK(shard_hint(one.id.value) == shard_of(one.draft.conversation));
    CHECK(one.draft == bare());
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: under a key the ids are derived from a random seed"
)
{
    auto own = bare();
    own.id = id_of<message_id>(77);

    const auto prepared = *messages.prepare({bare(), own, bare()}, key_of("retry-1"));
    const auto again = *messages.prepare({bare(), own, bare()}, key_of("retry-1"));

    REQUIRE(prepared.receipt);
    const std::vector drafts{bare(), own, bare()};
    CHECK(*prepared.receipt == receipt_for(key_of("retry-1"), drafts, prepared.receipt->seed));
    const auto talk = own.conversation;
    REQUIRE(prepared.entries.size() == 3);
    CHECK(prepared.entries[0].id == message_id_for(*prepared.receipt, 0, talk));
    CHECK(prepared.entries[1].id == id_of<message_id>(77));
    CHECK(prepared.entries[2].id == message_id_for(*prepared.receipt, 2, talk));
    CHECK(again.receipt->key == prepared.receipt->key);
    CHECK(again.receipt->digest == prepared.receipt->digest);
    CHECK(again.receipt->seed != prepared.receipt->seed);
    CHECK(again.entries[2].id != prepared.entries[2].id);
    CHECK(ids.count() == 2);
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: what the caller may do is passed on with each message"
)
{
    const auto draft_between = [](std::uint64_t from, std::uint64_t to) {
        return sample{.from = from, .to = to}.draft();
    };
    const std::vector drafts{draft_between(11, 12), draft_between(12, 11), draft_between(21, 12)};
    api_key key{
        .id = id_of<key_id>(7),
        .name = "a",
        .scopes = {scope::messages_write},
        .bots = visible_bots{{id_of<bot_id>(11)}}};
    key.quota = 5;
    const grant limited{key};

    const auto prepared = *messages.prepare(drafts, key_of("retry-1"), limited);

    REQUIRE(prepared.entries.size() == 3);
    CHECK(prepared.account == key.id);
    const auto seed = prepared.receipt->seed;
    CHECK(prepared.receipt == receipt_for(key_of("retry-1"), drafts, seed, limited.bots()));
    CHECK(prepared.receipt != receipt_for(key_of("retry-1"), drafts, seed));
    CHECK(prepared.entries[0].from_may_be_bot);
    CHECK_FALSE(prepared.entries[0].to_may_be_bot);
    CHECK_FALSE(prepared.entries[1].from_may_be_bot);
    CHECK(prepared.entries[1].to_may_be_bot);
    CHECK_FALSE(prepared.entries[2].from_may_be_bot);
    CHECK_FALSE(prepared.entries[2].to_may_be_bot);

    const auto everybody = *messages.prepare(drafts);
    CHECK_FALSE(everybody.account);
    for (const auto& one : everybody.entries) {
        CHECK(one.from_may_be_bot);
        CHECK(one.to_may_be_bot);
    }

    const seat chair{id_of<conversation_id>(100), id_of<client_id>(21)};
    const std::vector mine{draft_between(21, 12)};
    const auto seated = *messages.prepare(mine, key_of("retry-1"), limited.seated(chair));
    CHECK_FALSE(seated.entries[0].from_may_be_bot);
    CHECK(seated.account == key.id);
    CHECK(
        seated.receipt ==
        receipt_for(key_of("retry-1"), mine, seated.receipt->seed, limited.bots(), chair)
    );
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: a caller that may not send one of several messages learns which"
)
{
    const seat chair{id_of<conversation_id>(100), id_of<client_id>(21)};
    const auto mine = sample{.from = 21, .to = 11}.draft();
    auto elsewhere = mine;
    elsewhere.conversation = id_of<conversation_id>(101);

    const auto refused = messages.prepare({mine, mine, elsewhere}, {}, grant{}.seated(chair));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::forbidden);
    CHECK(refused.error().item == 2U);
    CHECK(ids.count() == 0);
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: a retry under a key gets the first answer"
)
{
    const auto first = append(*messages.prepare({bare("a"), bare("b")}, key_of("retry-1")));
    clock.set(clock.now() + std::chrono::hours{24});
    const auto retry = append(*messages.prepare({bare("a"), bare("b")}, key_of("retry-1")));

    REQUIRE(first);
    REQUIRE(retry);
    REQUIRE(retry->size() == 2);
    CHECK(retry->at(0) == appended{.stored = first->at(0).stored, .replayed = true});
    CHECK(retry->at(1) == appended{.stored = first->at(1).stored, .replayed = true});
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: another request under the key is refused"
)
{
    REQUIRE(append(*messages.prepare({bare("a")}, key_of("retry-1"))));

    const auto other = append(*messages.prepare({bare("b")}, key_of("retry-1")));
    const auto more = append(*messages.prepare({bare("a"), bare("b")}, key_of("retry-1")));

    REQUIRE_FALSE(other);
    CHECK(other.error().code == errc::key_reused);
    REQUIRE_FALSE(more);
    CHECK(more.error().code == errc::key_reused);
}

TEST_CASE_METHOD(message_service_fixture, "message_service: without a key each request is new")
{
    const auto one = append(*messages.prepare({bare()}));
    const auto other = append(*messages.prepare({bare()}));

    REQUIRE(one);
    REQUIRE(other);
    CHECK(one->front().stored.id != other->front().stored.id);
    CHECK(other->front().stored.seq == 2);
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: messages are found by id, in the order of the ids"
)
{
    REQUIRE(append(submission_of({{.id = 1}, {.id = 2}})));

    const auto found = messages.get(
        std::vector{id_of<message_id>(2), id_of<message_id>(3), id_of<message_id>(1)},
        soon
    );

    REQUIRE(found.size() == 3);
    REQUIRE(found[0]);
    CHECK(found[0]->seq == 2);
    REQUIRE_FALSE(found[1]);
    CHECK(found[1].error().code == errc::not_found);
    REQUIRE(found[2]);
    CHECK(found[2]->seq == 1);
}

TEST_CASE_METHOD(
    message_service_fixture,
    "message_service: a list has a version that changes with it"
)
{
    REQUIRE(append(submission_of({{.id = 1}, {.id = 2}})));
    const message_filter filter{.conversation = id_of<conversation_id>(100)};

    const auto page = messages.list({.filter = filter}, soon);
    const auto versions = messages.versions(std::vector{filter}, soon);

    REQUIRE(page);
    CHECK(page->items.size() == 2);
    REQUIRE(versions);
    CHECK(*versions == std::vector<list_version>{{.revision = 2, .last_seq = 2}});
}
