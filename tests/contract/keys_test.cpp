#include "tests/contract/fixture.hpp"

#include <botcore/ports/key_store.hpp>

using namespace botcore;

namespace {

constexpr instant at(std::int64_t seconds)
{
    return instant{std::chrono::seconds{seconds}};
}

struct keys_contract : storage_contract {
    key_store& keys = tested.keys();

    api_key add(std::uint64_t number, std::int64_t created = 0)
    {
        api_key made{
            .id = id_of<key_id>(number),
            .name = "Chave d'água \"" + std::to_string(number) + "\" \\ {}",
            .scopes = {scope::bots_read, scope::messages_write},
            .bots = visible_bots{{aureo, bela}},
            .created = at(created),
            .expires = at(1'000'000)};
        made.hash.fill(static_cast<std::uint8_t>(number * 37));
        REQUIRE(keys.add(made, soon()));
        return made;
    }

    std::vector<api_key> all()
    {
        auto found = keys.list(soon());
        REQUIRE(found);
        return std::move(found->keys);
    }

    std::uint64_t version()
    {
        const auto found = keys.version(soon());
        REQUIRE(found);
        CHECK(keys.list(soon())->version == *found);
        return *found;
    }
};

}  // namespace

TEST_CASE_METHOD(keys_contract, "keys: come back as they were added, in order", "[keys]")
{
    CHECK(all().empty());
    CHECK(version() == 0);
    const auto second = add(2);
    auto first = api_key{.id = id_of<key_id>(1), .name = "bare", .scopes = {}};
    REQUIRE(keys.add(first, soon()));

    CHECK(all() == std::vector{first, second});
}

TEST_CASE_METHOD(keys_contract, "keys: every change is counted", "[keys]")
{
    const auto key = add(1);
    const auto added = version();
    CHECK(added > 0);

    REQUIRE(keys.revoke(key.id, at(5), soon()));
    const auto revoked = version();
    CHECK(revoked > added);
    REQUIRE(keys.revoke(key.id, at(6), soon()));
    CHECK(version() == revoked);
    CHECK(all().front().revoked == at(5));
}

TEST_CASE_METHOD(keys_contract, "keys: one that is not there can't be revoked", "[keys]")
{
    CHECK(keys.revoke(id_of<key_id>(9), at(1), soon()).error().code == errc::not_found);
}

TEST_CASE_METHOD(keys_contract, "keys: all that were made before an instant are revoked", "[keys]")
{
    add(1, 10);
    const auto gone = add(2, 20);
    add(3, 30);
    REQUIRE(keys.revoke(gone.id, at(25), soon()));

    CHECK(*keys.revoke_all(at(30), at(40), soon()) == 1);

    const auto now = all();
    CHECK(now[0].revoked == at(40));
    CHECK(now[1].revoked == at(25));
    CHECK_FALSE(now[2].revoked);
}

TEST_CASE_METHOD(keys_contract, "keys: a use is noted, and is no change", "[keys]")
{
    const auto key = add(1);
    const auto before = version();

    REQUIRE(keys.note_use(key.id, at(60), soon()));
    REQUIRE(keys.note_use(id_of<key_id>(9), at(60), soon()));

    CHECK(all().front().last_used == at(60));
    CHECK(version() == before);
}
