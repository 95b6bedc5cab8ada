#include "tests/unit/fakes.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

using namespace botcore;
using namespace botcore::testing;

namespace {

class counted_secrets final : public secret_source {
public:
    key_secret next() override
    {
        key_secret made{};
        made[0] = ++count_;
        return made;
    }

private:
    std::uint8_t count_ = 0;
};

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

}  // namespace

TEST_CASE_METHOD(keys_fixture, "key_service: a key is what was asked for")
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

TEST_CASE_METHOD(keys_fixture, "key_service: all faults are told at once")
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

TEST_CASE_METHOD(keys_fixture, "key_service: what is not there can't be read or revoked")
{
    CHECK(keys.get(id_of<key_id>(1), soon).error().code == errc::not_found);
    CHECK(keys.revoke(id_of<key_id>(1), soon).error().code == errc::not_found);
}
