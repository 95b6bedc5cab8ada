#include "tests/unit/fakes.hpp"

#include <botcore/app/bot_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

struct bot_service_fixture {
    result<registered_bot> add(
        const bot_input& input,
        const std::optional<idempotency_key>& key = {}
    )
    {
        const auto prepared = bots.prepare(input, key);
        if (!prepared)
            return prepared.error();
        return bots.add(std::vector{*prepared}, soon).front();
    }

    memory::memory_storage storage;
    sequence_ids ids;
    bot_service bots{storage.bots(), ids};
};

/// A store that can't be reached.
class closed_bots final : public bot_store {
public:
    std::vector<result<registered_bot>> add(std::span<const bot_registration> added, deadline)
        override
    {
        return {added.size(), closed()};
    }
    result<std::vector<std::optional<bot>>> find(std::span<const bot_id>, const read_terms&)
        override
    {
        return closed();
    }
    result<bot_page> list(const bot_query&, const read_terms&) override { return closed(); }
    std::vector<result<bot>> change(std::span<const bot_change> changes, deadline) override
    {
        return {changes.size(), closed()};
    }
    std::vector<result<>> remove(std::span<const bot_removal> removals, deadline) override
    {
        return {removals.size(), closed()};
    }

    static error closed() { return refuse(errc::unavailable, "Closed."); }
};

constexpr std::string_view aureo = "36b9f842-ee97-11e8-9443-0242ac120002";
const bot_id aureo_id{*uuid::parse(aureo)};

std::vector<std::string> pointers(const error& error)
{
    std::vector<std::string> found;
    for (const auto& one : error.faults)
        found.push_back(one.pointer);
    return found;
}

}  // namespace

TEST_CASE_METHOD(bot_service_fixture, "bot_service: a bot is registered under the client's id")
{
    const auto added = add({.id = aureo, .name = "Aureo"});
    const auto found = bots.get(std::vector{aureo_id}, soon);

    REQUIRE(added);
    CHECK_FALSE(added->replayed);
    CHECK(added->bot.id == aureo_id);
    CHECK(added->bot.name.text() == "Aureo");
    REQUIRE(found.size() == 1);
    REQUIRE(found[0]);
    CHECK(*found[0] == added->bot);
    CHECK(ids.count() == 0);
}

TEST_CASE_METHOD(bot_service_fixture, "bot_service: a bot without an id gets one from the server")
{
    const auto one = add({.name = "Aureo"});
    const auto other = add({.name = "Aureo"});

    REQUIRE(one);
    REQUIRE(other);
    CHECK(one->bot.id != other->bot.id);
    CHECK(one->bot.id.value.version() == 7);
}

TEST_CASE_METHOD(
    bot_service_fixture,
    "bot_service: all faults are reported, in the order of the fields"
)
{
    const auto both = bots.prepare({.id = "1", .name = " "});
    const auto none = bots.prepare({});

    REQUIRE_FALSE(both);
    CHECK(both.error().code == errc::invalid_argument);
    CHECK(pointers(both.error()) == std::vector<std::string>{"/id", "/name"});
    REQUIRE_FALSE(none);
    CHECK(pointers(none.error()) == std::vector<std::string>{"/name"});
    CHECK(ids.count() == 0);
}

TEST_CASE_METHOD(bot_service_fixture, "bot_service: a retry under a key gets the first id")
{
    const auto key = key_of("retry-1");

    const auto first = add({.name = "Aureo"}, key);
    const auto retry = add({.name = "Aureo"}, key);

    REQUIRE(first);
    REQUIRE(retry);
    CHECK_FALSE(first->replayed);
    CHECK(retry->replayed);
    CHECK(retry->bot == first->bot);
}

TEST_CASE_METHOD(bot_service_fixture, "bot_service: a key is not used for two requests")
{
    const auto key = key_of("retry-1");
    REQUIRE(add({.id = aureo, .name = "Aureo"}, key));

    for (const bot_input& other :
         {bot_input{.id = aureo, .name = "Aurea"},
          bot_input{.name = "Aureo"},
          bot_input{.id = "00000000-0000-0000-0000-000000000000", .name = "Aureo"}}) {
        const auto again = add(other, key);
        REQUIRE_FALSE(again);
        CHECK(again.error().code == errc::key_reused);
    }
}

TEST_CASE_METHOD(
    bot_service_fixture,
    "bot_service: the receipt of a bot depends on key and content"
)
{
    const bot_input input{.id = aureo, .name = "Aureo"};
    const bot_input upper{.id = "36B9F842-EE97-11E8-9443-0242AC120002", .name = "Aureo"};

    const auto made = bots.prepare(input, key_of("a"))->receipt;

    REQUIRE(made);
    CHECK_FALSE(bots.prepare(input)->receipt);
    CHECK(bots.prepare(input, key_of("a"))->receipt == made);
    CHECK(bots.prepare(upper, key_of("a"))->receipt == made);
    CHECK(bots.prepare(input, key_of("b"))->receipt->key != made->key);
    CHECK(bots.prepare({.name = "Aureo"}, key_of("a"))->receipt->key == made->key);
    CHECK(bots.prepare({.name = "Aureo"}, key_of("a"))->receipt->digest != made->digest);
    CHECK(made->key.version() == 8);
}

// The expected values are those of an independent SHA-256, over what content_hash_test.cpp
// describes.
TEST_CASE_METHOD(
    bot_service_fixture,
    "bot_service: the receipt of a bot is the stored one of earlier releases"
)
{
    const auto with_id = bots.prepare({.id = aureo, .name = "Aureo"}, key_of("retry-1"))->receipt;
    const auto without = bots.prepare({.name = "Aureo"}, key_of("retry-1"))->receipt;

    CHECK(with_id->key.text() == "41ce592d-efeb-84cd-a06b-7cae64130000");
    CHECK(with_id->digest == 0xc5a43ee802bc8ca7U);
    CHECK(without->key == with_id->key);
    CHECK(without->digest == 0x569ed75ff3b33328U);
}

TEST_CASE_METHOD(bot_service_fixture, "bot_service: a key may be used for a bot and for messages")
{
    const auto for_bot = bots.prepare({.name = "Aureo"}, key_of("a"))->receipt;
    const auto for_messages = receipt_for(key_of("a"), {});

    CHECK(for_bot->key != for_messages.key);
}

TEST_CASE_METHOD(
    bot_service_fixture,
    "bot_service: an unknown bot is not found, beside others that are"
)
{
    REQUIRE(add({.id = aureo, .name = "Aureo"}));

    const auto found = bots.get(std::vector{id_of<bot_id>(1), aureo_id, aureo_id}, soon);

    REQUIRE(found.size() == 3);
    REQUIRE_FALSE(found[0]);
    CHECK(found[0].error().code == errc::not_found);
    CHECK(found[0].error().detail.find(uuid_of(1).text()) != std::string::npos);
    CHECK(found[1]);
    CHECK(found[2]);
}

TEST_CASE("bot_service: a storage that can't be reached refuses every id")
{
    closed_bots closed;
    sequence_ids ids;
    bot_service bots{closed, ids};

    const auto found = bots.get(std::vector{aureo_id, id_of<bot_id>(1)}, soon);

    REQUIRE(found.size() == 2);
    CHECK(found[0].error().code == errc::unavailable);
    CHECK(found[1].error().code == errc::unavailable);
}

TEST_CASE("parse_bot_change: a replacement needs a name, a patch does not")
{
    const auto whole = parse_bot_change(aureo_id, {}, true);
    const auto patch = parse_bot_change(aureo_id, {}, false);

    REQUIRE_FALSE(whole);
    CHECK(whole.error().code == errc::invalid_argument);
    CHECK(pointers(whole.error()) == std::vector<std::string>{"/name"});
    REQUIRE(patch);
    CHECK(patch->id == aureo_id);
    CHECK_FALSE(patch->name);
}

TEST_CASE("parse_bot_change: the id is optional, and must be that of the addressed bot")
{
    const bool whole = GENERATE(true, false);

    const auto without = parse_bot_change(aureo_id, {.name = "Aurea"}, whole);
    const auto with = parse_bot_change(aureo_id, {.id = aureo, .name = "Aurea"}, whole);

    REQUIRE(without);
    REQUIRE(with);
    CHECK(without->name->text() == "Aurea");
    CHECK(with->id == aureo_id);
    CHECK_FALSE(with->expected.any_of);
    CHECK(with->expected.none_of.empty());
}

TEST_CASE("parse_bot_change: another id is a mismatch, and a malformed one a fault")
{
    const bool whole = GENERATE(true, false);

    const auto other = parse_bot_change(id_of<bot_id>(1), {.id = aureo, .name = "Aurea"}, whole);
    const auto faulty = parse_bot_change(aureo_id, {.id = "1", .name = ""}, whole);

    REQUIRE_FALSE(other);
    CHECK(other.error().code == errc::identity_mismatch);
    CHECK(pointers(other.error()) == std::vector<std::string>{"/id"});
    REQUIRE_FALSE(faulty);
    CHECK(faulty.error().code == errc::invalid_argument);
    CHECK(pointers(faulty.error()) == std::vector<std::string>{"/id", "/name"});
}
