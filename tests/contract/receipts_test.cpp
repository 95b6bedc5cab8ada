#include "tests/contract/fixture.hpp"

using namespace botcore;

namespace {

/// A submission as the message service makes it for a key: with a receipt of another seed each
/// time, and ids from the receipt.
submission under_key(std::string_view key, const std::vector<message_spec>& all)
{
    std::vector<draft> drafts;
    for (const auto& spec : all)
        drafts.push_back(entry_of(spec).draft);
    static std::uint64_t seeds = 7'000;
    const auto receipt = receipt_for(*idempotency_key::parse(key), drafts, uuid_of(++seeds));
    submission request{.entries = {}, .receipt = receipt};
    for (std::size_t at = 0; at < all.size(); ++at) {
        auto entry = entry_of(all[at]);
        if (!entry.draft.id)
            entry.id = message_id_for(receipt, at, entry.draft.conversation);
        request.entries.push_back(std::move(entry));
    }
    return request;
}

}  // namespace

TEST_CASE_METHOD(storage_contract, "receipts: a retry gets the first answer", "[receipts]")
{
    const std::vector<message_spec> all{
        {.in = talk, .from = as_aureo, .to = ana, .is_time_given = false},
        {.in = other_talk, .from = as_aureo, .to = ana, .text = "two"}};
    const auto first = append(under_key("key", all));
    REQUIRE(first);
    auto later = all;
    later[0].at = "2030-01-01T00:00:00Z";

    const auto again = append(under_key("key", later));

    REQUIRE(again);
    for (std::size_t at = 0; at < 2; ++at) {
        CHECK_FALSE(first->at(at).replayed);
        CHECK(again->at(at) == appended{first->at(at).stored, true});
    }
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    storage_contract,
    "receipts: the same key for other content is refused in every conversation",
    "[receipts]"
)
{
    REQUIRE(append(under_key("key", {{.in = talk, .from = as_aureo, .to = ana}})));

    const auto text =
        append(under_key("key", {{.in = talk, .from = as_aureo, .to = ana, .text = "else"}}));
    const auto elsewhere =
        append(under_key("key", {{.in = other_talk, .from = as_aureo, .to = ana}}));
    const auto more = append(under_key(
        "key",
        {{.in = talk, .from = as_aureo, .to = ana}, {.in = talk, .from = as_aureo, .to = ana}}
    ));

    for (const auto* const answer : {&text, &elsewhere, &more}) {
        REQUIRE_FALSE(*answer);
        CHECK(answer->error().code == errc::key_reused);
    }
    CHECK(list(talk).size() == 1);
    CHECK_FALSE(find(other_talk));
}

TEST_CASE_METHOD(storage_contract, "receipts: a receipt counts within its own batch", "[receipts]")
{
    const std::vector<message_spec> one{{.in = talk, .from = as_aureo, .to = ana}};
    const std::vector<message_spec> other{
        {.in = talk, .from = as_aureo, .to = ana, .text = "else"}};

    const auto done = append(
        {under_key("a", one), under_key("a", one), under_key("a", other), under_key("b", other)}
    );

    CHECK_FALSE(done[0]->at(0).replayed);
    CHECK(done[1]->at(0) == appended{done[0]->at(0).stored, true});
    CHECK(done[2].error().code == errc::key_reused);
    CHECK(done[3]->at(0).stored.seq == 2);
}

TEST_CASE_METHOD(storage_contract, "receipts: a refused submission leaves no receipt", "[receipts]")
{
    const auto stranger = id_of<bot_id>(70);
    const participant_id as_stranger{stranger.value};
    const std::vector<message_spec> all{
        {.in = talk, .from = as_aureo, .to = ana},
        {.in = talk, .from = as_stranger, .to = ana}};
    REQUIRE_FALSE(append(under_key("key", all)));

    const auto other = append(under_key("key", {{.in = talk, .from = as_aureo, .to = ana}}));
    REQUIRE(other);
    CHECK_FALSE(other->at(0).replayed);

    REQUIRE_FALSE(append(under_key("second", all)));
    REQUIRE(add_bot(stranger, "Now known"));
    const auto later = append(under_key("second", all));
    REQUIRE(later);
    CHECK_FALSE(later->at(1).replayed);
    CHECK(list(talk).size() == 3);
}

TEST_CASE_METHOD(
    storage_contract,
    "receipts: a retry is answered after its bot is gone",
    "[receipts]"
)
{
    const std::vector<message_spec> all{{.in = talk, .from = as_aureo, .to = ana}};
    const auto first = append(under_key("key", all));
    REQUIRE(remove_bot(aureo));

    const auto again = append(under_key("key", all));

    REQUIRE(again);
    CHECK(again->at(0) == appended{first->at(0).stored, true});
}

TEST_CASE_METHOD(
    storage_contract,
    "receipts: a submission of stored messages still leaves its receipt",
    "[receipts]"
)
{
    const auto id = id_of<message_id>(1000);
    const message_spec one{.in = talk, .from = as_aureo, .to = ana, .id = id};
    const auto stored = store(one);

    const auto keyed = append(under_key("key", {one}));
    const auto reused = append(under_key("key", {{.in = talk, .from = as_aureo, .to = ana}}));

    REQUIRE(keyed);
    CHECK(keyed->at(0) == appended{stored, true});
    REQUIRE_FALSE(reused);
    CHECK(reused.error().code == errc::key_reused);
}

TEST_CASE_METHOD(
    storage_contract,
    "receipts: receipts of bots and of messages are independent",
    "[receipts]"
)
{
    const auto key = *idempotency_key::parse("key");
    const std::vector<message_spec> all{{.in = talk, .from = as_aureo, .to = ana}};
    const auto appended = under_key("key", all);
    REQUIRE(append(appended));

    const auto clash = add_bot(id_of<bot_id>(60), "Clash", receipt{appended.receipt->key, 1});
    const auto apart = add_bot(id_of<bot_id>(61), "Apart", receipt{uuid_of(61), 1});

    CHECK(key.text() == "key");
    CHECK(apart);
    // The keys are hashes that include the kind of request: this can't happen, and does no harm.
    CHECK((!clash || !clash->replayed));
}
