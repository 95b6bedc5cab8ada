#include "adapters/http/access/key_ring.hpp"

#include "tests/unit/fakes.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

using namespace botcore;
using namespace botcore::testing;
using botapi::http::key_ring;

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
    key_ring ring{storage.keys(), clock};

    new_key make(const key_input& input)
    {
        auto made = keys.prepare(input);
        REQUIRE(made);
        REQUIRE(keys.add(made->key, soon));
        REQUIRE(ring.refresh(soon));
        return *made;
    }
};

const key_input reader{.name = "reader", .scopes = {"messages:read"}};

}  // namespace

TEST_CASE_METHOD(keys_fixture, "key_ring: lets in who shows a key, and nobody else")
{
    const auto made = make(reader);
    auto wrong = made.token;
    wrong.secret[5] ^= 1U;
    auto unknown = made.token;
    unknown.id = id_of<key_id>(1);

    REQUIRE(ring.find(made.token));
    CHECK(ring.find(made.token)->id == made.key.id);
    CHECK_FALSE(ring.find(wrong));
    CHECK_FALSE(ring.find(unknown));
}

TEST_CASE_METHOD(keys_fixture, "key_ring: is open only while it is known that there is no key")
{
    CHECK_FALSE(ring.is_open());
    REQUIRE(ring.refresh(soon));
    CHECK(ring.is_open());

    const auto made = make(reader);
    CHECK_FALSE(ring.is_open());
    REQUIRE(keys.revoke(made.key.id, soon));
    REQUIRE(ring.refresh(soon));
    CHECK_FALSE(ring.is_open());
}

TEST_CASE_METHOD(keys_fixture, "key_ring: a key ends when it is revoked, or at its time")
{
    const auto first = make(reader);
    const auto second = make({.name = "b", .scopes = {"admin"}, .expires = "2026-01-02T00:00:00Z"});

    REQUIRE(keys.revoke(first.key.id, soon));
    CHECK(ring.find(first.token));
    REQUIRE(ring.refresh(soon));
    CHECK_FALSE(ring.find(first.token));

    CHECK(ring.find(second.token));
    clock.set(stamp_of("2026-01-02T00:00:00Z").at());
    CHECK_FALSE(ring.find(second.token));
}

TEST_CASE_METHOD(keys_fixture, "key_ring: all keys made before an instant are revoked together")
{
    const auto old = make(reader);
    clock.set(stamp_of("2026-01-03T00:00:00Z").at());
    const auto young = make(reader);

    CHECK(*keys.revoke_all(clock.now(), soon) == 1);
    CHECK(*keys.revoke_all(clock.now(), soon) == 0);
    REQUIRE(ring.refresh(soon));
    CHECK_FALSE(ring.find(old.token));
    CHECK(ring.find(young.token));
}

TEST_CASE_METHOD(keys_fixture, "key_ring: the store is told to the minute when a key was used")
{
    const auto made = make(reader);
    CHECK_FALSE(keys.get(made.key.id, soon)->last_used);

    clock.set(stamp_of("2026-01-01T10:20:30Z").at());
    CHECK(ring.find(made.token));
    REQUIRE(ring.refresh(soon));
    CHECK(keys.get(made.key.id, soon)->last_used == stamp_of("2026-01-01T10:20:00Z").at());
}
