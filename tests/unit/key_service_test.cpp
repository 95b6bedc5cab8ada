#include "tests/unit/fakes.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

using namespace botcore;
using namespace botcore::testing;

namespace {

struct keys_fixture {
    memory::memory_storage storage;
    manual_clock clock{stamp_of("2026-01-01T00:00:00Z").at()};
    sequence_ids ids;
    counted_secrets secrets;
    key_service keys{storage.keys(), clock, ids, secrets};

    new_key make(const key_input& input)
    {
        auto made = keys.prepare(input);
        REQUIRE(made);
        REQUIRE(keys.add(made->key, soon));
        return *made;
    }

    std::vector<std::string> faults(const key_input& input)
    {
        const auto refused = keys.prepare(input);
        REQUIRE_FALSE(refused);
        std::vector<std::string> pointers;
        for (const auto& one : refused.error().faults)
            pointers.push_back(one.pointer);
        return pointers;
    }
};

/// A store that is away.
class absent_keys final : public key_store {
public:
    result<> add(const api_key& /*added*/, deadline /*until*/) override { return away(); }
    result<key_list> list(deadline /*until*/) override { return away(); }
    result<std::uint64_t> version(deadline /*until*/) override { return away(); }
    result<> revoke(key_id /*revoked*/, instant /*now*/, deadline /*until*/) override
    {
        return away();
    }
    result<std::size_t> revoke_all(instant /*created*/, instant /*now*/, deadline /*until*/)
        override
    {
        return away();
    }
    result<> renew_signing(
        const signing_key& /*added*/,
        instant /*others_end*/,
        deadline /*until*/
    ) override
    {
        return away();
    }
    result<> note_use(key_id /*used*/, instant /*now*/, deadline /*until*/) override
    {
        return away();
    }

private:
    static error away() { return refuse(errc::unavailable, "The store is away."); }
};

}  // namespace

TEST_CASE_METHOD(keys_fixture, "key_service: a key is made from its input")
{
    const auto made = make(
        {.name = "support",
         .scopes = {"messages:read", "messages:write"},
         .bots = {"36b9f842-ee97-11e8-9443-0242ac120002"},
         .expires = "2026-02-01T00:00:00Z"}
    );

    const auto found = keys.get(made.key.id, soon);
    REQUIRE(found);
    CHECK(found->name == "support");
    CHECK(found->scopes == scope_set{scope::messages_read, scope::messages_write});
    CHECK(found->bots.ids().size() == 1);
    CHECK(found->created == clock.now());
    CHECK(found->expires == stamp_of("2026-02-01T00:00:00Z").at());
    CHECK(is_same(found->hash, made.token.hash()));
    CHECK(keys.list(soon)->size() == 1);
}

TEST_CASE_METHOD(keys_fixture, "key_service: all faults are reported together")
{
    CHECK(faults({}) == std::vector<std::string>{"/name", "/scopes"});
    CHECK(
        faults(
            {.name = " ",
             .scopes = {"admin", "x"},
             .bots = {"36b9f842-ee97-11e8-9443-0242ac120002", "y"},
             .expires = "tomorrow"}
        ) == std::vector<std::string>{"/name", "/scopes/1", "/expiresAt", "/bots/1", "/bots"}
    );
    CHECK(
        faults({.name = "a", .scopes = {"admin"}, .expires = "2026-01-01T00:00:00Z"}) ==
        std::vector<std::string>{"/expiresAt"}
    );
}

TEST_CASE_METHOD(keys_fixture, "key_service: an unknown key can't be read or revoked")
{
    CHECK(keys.get(id_of<key_id>(1), soon).error().code == errc::not_found);
    CHECK(keys.revoke(id_of<key_id>(1), soon).error().code == errc::not_found);
}

TEST_CASE_METHOD(keys_fixture, "key_service: a quota is a number of messages")
{
    const auto made = make({.name = "a", .scopes = {"messages:write"}, .quota = 5});

    const auto found = keys.get(made.key.id, soon);
    CHECK(found->quota == 5);
    CHECK(found->stored == 0);
    for (const std::int64_t wrong : {-1, 0}) {
        CHECK(
            faults({.name = "a", .scopes = {"admin"}, .quota = wrong}) ==
            std::vector<std::string>{"/quota"}
        );
    }
    CHECK(keys.prepare({.name = "a", .scopes = {"admin"}, .quota = 1'000'000'000'000'000}));
    CHECK_FALSE(keys.prepare({.name = "a", .scopes = {"admin"}, .quota = 1'000'000'000'000'001}));
}

TEST_CASE_METHOD(keys_fixture, "key_service: the first signing key is made once")
{
    const auto known = [&] { return storage.keys().list(soon)->signing; };
    CHECK(known().empty());

    REQUIRE(keys.ensure_signing(soon));
    REQUIRE(keys.ensure_signing(soon));

    REQUIRE(known().size() == 1);
    CHECK(known()[0].number == 1);
    CHECK(known()[0].created == clock.now());
    CHECK_FALSE(known()[0].ends);
}

TEST_CASE_METHOD(keys_fixture, "key_service: a rotation keeps or ends the older tokens")
{
    const auto known = [&] { return storage.keys().list(soon)->signing; };
    REQUIRE(keys.ensure_signing(soon));
    const auto began = clock.now();

    REQUIRE(keys.rotate_signing(false, soon));
    REQUIRE(known().size() == 2);
    CHECK(known()[0].ends == began + std::chrono::hours{24});
    CHECK(known()[1].number == 2);
    CHECK(known()[1].secret != known()[0].secret);
    CHECK_FALSE(known()[1].ends);

    clock.set(began + std::chrono::hours{1});
    REQUIRE(keys.rotate_signing(true, soon));
    REQUIRE(known().size() == 3);
    for (const auto& ended : {known()[0], known()[1]}) {
        CHECK_FALSE(ended.is_valid_at(clock.now()));
        CHECK_FALSE(ended.is_valid_at(began - std::chrono::hours{24 * 365}));
    }
    CHECK(known()[2].is_valid_at(clock.now()));

    clock.set(began + std::chrono::hours{2});
    REQUIRE(keys.rotate_signing(false, soon));
    CHECK(known().size() == 2);
    CHECK(known().back().number == 4);
}

TEST_CASE_METHOD(keys_fixture, "key_service: a key is limited to a thousand bots at most")
{
    const std::vector<std::string_view> most(
        api_key::bot_count_max,
        "36b9f842-ee97-11e8-9443-0242ac120002"
    );
    auto more = most;
    more.push_back(most.front());

    CHECK(keys.prepare({.name = "a", .scopes = {"bots:read"}, .bots = most}));
    CHECK(
        faults({.name = "a", .scopes = {"bots:read"}, .bots = more}) ==
        std::vector<std::string>{"/bots"}
    );
}

TEST_CASE_METHOD(keys_fixture, "key_service: an unavailable store is reported")
{
    absent_keys nothing;
    key_service tested{nothing, clock, ids, secrets};

    CHECK(tested.list(soon).error().code == errc::unavailable);
    CHECK(tested.get(id_of<key_id>(1), soon).error().code == errc::unavailable);
    CHECK(tested.ensure_signing(soon).error().code == errc::unavailable);
    CHECK(tested.rotate_signing(true, soon).error().code == errc::unavailable);
}
