#include "tests/unit/fakes.hpp"

#include <botcore/domain/draft.hpp>
#include <botcore/domain/idempotency.hpp>

#include <set>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

TEST_CASE("receipt_for: the key of a receipt depends on the idempotency key only")
{
    const auto made = receipt_for(key_of("retry-1"), std::vector{sample{}.draft()});
    const auto other = receipt_for(key_of("retry-1"), std::vector{sample{.text = "?"}.draft()});

    CHECK(made.key.text() == "e5890f33-0718-8929-ada1-290b31320000");
    CHECK(made.key.version() == 8);
    CHECK(other.key == made.key);
    CHECK(receipt_for(key_of("retry-2"), {}).key != made.key);
}

// The expected values are those of an independent SHA-256, over what content_hash_test.cpp
// describes.
TEST_CASE("receipt_for: callers that see or may do different things have different receipts")
{
    const visible_bots some{{id_of<bot_id>(12), id_of<bot_id>(11)}};
    const seat chair{id_of<conversation_id>(100), id_of<client_id>(21)};
    const auto key_with = [](const visible_bots& visible, const std::optional<seat>& seated) {
        return receipt_for(key_of("retry-1"), {}, {}, visible, seated).key.text();
    };

    CHECK(key_with({}, {}) == "e5890f33-0718-8929-ada1-290b31320000");
    CHECK(key_with(some, {}) == "eb5e7a20-be26-82fc-bea4-74e86ced0000");
    CHECK(key_with(some, chair) == "3df3dc1c-2556-82e7-8cc0-7b4795540000");
}

TEST_CASE("receipt_for: the digest depends on the content only")
{
    const std::vector drafts{sample{}.draft(), sample{.id = 2}.draft()};

    const auto made = receipt_for(key_of("retry-1"), drafts);

    CHECK(receipt_for(key_of("retry-1"), drafts) == made);
    CHECK(receipt_for(key_of("retry-2"), drafts).digest == made.digest);
}

// The expected value is that of an independent SHA-256, over what content_hash_test.cpp describes.
TEST_CASE("receipt_for: the digest matches the stored digests of earlier releases")
{
    auto bare = sample{}.draft();
    bare.id.reset();
    bare.stamp.reset();
    const std::vector drafts{sample{.metadata = R"({ "a" : 1 })"}.draft(), bare};

    CHECK(receipt_for(key_of("retry-1"), drafts).digest == 0xd1abd62a53336254U);
}

TEST_CASE("receipt_for: the digest depends on every field, and on its presence")
{
    const auto with = [](auto change) {
        auto draft = sample{.metadata = "{}"}.draft();
        change(draft);
        return receipt_for(key_of("k"), std::vector{draft}).digest;
    };

    const std::vector digests{
        with([](draft&) {}),
        with([](draft& one) { one.id = id_of<message_id>(2); }),
        with([](draft& one) { one.id = message_id{}; }),
        with([](draft& one) { one.id.reset(); }),
        with([](draft& one) { one.conversation = id_of<conversation_id>(101); }),
        with([](draft& one) { one.stamp = stamp_of("2018-11-16T23:30:52.69177220Z"); }),
        with([](draft& one) { one.stamp = stamp_of("2018-11-16T23:30:52.6917722z"); }),
        with([](draft& one) { one.stamp.reset(); }),
        with([](draft& one) { std::swap(one.ends.from, one.ends.to); }),
        with([](draft& one) { one.ends.from = id_of<participant_id>(12); }),
        with([](draft& one) { one.ends.to = id_of<participant_id>(22); }),
        with([](draft& one) { one.content.text = "Oi! "; }),
        with([](draft& one) { one.content.metadata = "{ }"; }),
        with([](draft& one) { one.content.metadata = ""; }),
        with([](draft& one) { one.content.metadata.reset(); }),
    };

    CHECK(std::set(digests.begin(), digests.end()).size() == digests.size());
}

TEST_CASE("receipt_for: the digest depends on the number and the order of the drafts")
{
    const auto one = sample{.id = 1}.draft();
    const auto two = sample{.id = 2}.draft();
    const auto digest = [](const std::vector<draft>& drafts) {
        return receipt_for(key_of("k"), drafts).digest;
    };

    const std::set<std::uint64_t> digests{
        digest({}),
        digest({one}),
        digest({one, one}),
        digest({one, two}),
        digest({two, one})};

    CHECK(digests.size() == 5);
}

TEST_CASE("message_id_for: is a version 8 UUID with the shard of its conversation")
{
    const receipt made{.key = {}, .seed = *uuid::parse("e5890f33-0718-8929-ada1-290b31320000")};
    const conversation_id talk{*uuid::parse("7665ada8-3448-4acd-a1b7-d688e68fe9a1")};

    const auto first = message_id_for(made, 0, talk);

    CHECK(first.text() == "38c39fac-ba8a-8adb-b058-47fa19991266");
    CHECK(message_id_for(made, 1, talk).text() == "ed64ad3f-416d-8f2f-b865-678bfb111266");
    CHECK(first.value.version() == 8);
    CHECK(shard_hint(first.value) == shard_of(talk));
}

TEST_CASE("message_id_for: a retry gets the same ids, and no two messages get one")
{
    const auto made = receipt_for(key_of("a"), {}, uuid_of(1));
    const auto other = receipt_for(key_of("a"), {}, uuid_of(2));
    const auto talk = id_of<conversation_id>(1);

    std::set<message_id> ids;
    for (std::size_t index = 0; index < 1'000; ++index) {
        ids.insert(message_id_for(made, index, talk));
        ids.insert(message_id_for(other, index, talk));
    }

    CHECK(ids.size() == 2'000);
    CHECK(message_id_for(made, 5, talk) == message_id_for(made, 5, talk));
}

TEST_CASE("message_id_for: who knows the idempotency key can't compute the ids")
{
    const auto talk = id_of<conversation_id>(1);
    const auto victim = receipt_for(key_of("order-42"), {}, uuid_of(1));
    const auto attacker = receipt_for(key_of("order-42"), {}, uuid_of(2));

    CHECK(victim.key == attacker.key);
    CHECK(message_id_for(victim, 0, talk) != message_id_for(attacker, 0, talk));
    CHECK(message_id_for({.key = victim.key}, 0, talk) != message_id_for(victim, 0, talk));
}

TEST_CASE("first_id_of: a retry has the ids of the stored receipt, and those that the client chose")
{
    auto retry = submission_of({{.id = 70}, {.id = 7}});
    retry.entries[0].draft.id.reset();
    const receipt first{.key = uuid_of(1), .seed = uuid_of(2)};

    const auto talk = retry.entries[0].draft.conversation;
    CHECK(first_id_of(retry, 0, first) == message_id_for(first, 0, talk));
    CHECK(first_id_of(retry, 1, first) == id_of<message_id>(7));
}
