#include "adapters/http/access/key_ring.hpp"

#include "tests/unit/fakes.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/app/token_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string_view>

using namespace botcore;
using namespace botcore::testing;
using botapi::http::key_ring;

namespace {

/// A key store that refuses writes, as one whose only writer is busy, until `may_be_written`.
class keys_that_may_not_be_written final : public key_store {
public:
    explicit keys_that_may_not_be_written(key_store& read) noexcept : read_{read} {}

    bool may_be_written = false;

    result<> add(const api_key& /*added*/, deadline /*until*/) override { return busy(); }
    result<key_list> list(deadline until) override { return read_.list(until); }
    result<std::uint64_t> version(deadline until) override { return read_.version(until); }
    result<> revoke(key_id /*revoked*/, instant /*now*/, deadline /*until*/) override
    {
        return busy();
    }
    result<std::size_t> revoke_all(instant /*created*/, instant /*now*/, deadline /*until*/)
        override
    {
        return busy();
    }
    result<> renew_signing(const signing_key& /*added*/, instant /*end*/, deadline /*until*/)
        override
    {
        return busy();
    }
    result<> note_use(key_id used, instant now, deadline until) override
    {
        return may_be_written ? read_.note_use(used, now, until) : busy();
    }

private:
    static error busy() { return refuse(errc::unavailable, "Somebody else writes."); }

    key_store& read_;
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

const seat ana_seat{id_of<conversation_id>(100), id_of<client_id>(21)};

const key_input writer{.name = "writer", .scopes = {"messages:read", "messages:write"}};
const key_input reader{.name = "reader", .scopes = {"messages:read"}};

}  // namespace

TEST_CASE_METHOD(keys_fixture, "key_ring: a caller needs a valid key")
{
    const auto made = make(reader);
    auto wrong = made.token;
    wrong.secret[5] ^= 1U;
    auto unknown = made.token;
    unknown.id = id_of<key_id>(1);

    REQUIRE(ring.find(made.token).caller);
    CHECK(ring.find(made.token).caller->key->id == made.key.id);
    CHECK_FALSE(ring.find(wrong).caller);
    CHECK(ring.find(wrong).is_guess);
    CHECK_FALSE(ring.find(unknown).caller);
    CHECK(ring.find(unknown).is_guess);
}

TEST_CASE_METHOD(
    keys_fixture,
    "key_ring: authentication is off only while it is known that no keys exist"
)
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

TEST_CASE_METHOD(keys_fixture, "key_ring: the operator can require a key even if none exists")
{
    key_ring closed{storage.keys(), clock, botapi::http::without_keys::lets_nobody_in};
    CHECK_FALSE(closed.is_known());
    CHECK_FALSE(closed.is_empty());

    REQUIRE(keys.ensure_signing(soon));
    REQUIRE(closed.refresh(soon));
    REQUIRE(ring.refresh(soon));

    CHECK(closed.is_known());
    CHECK(closed.is_empty());
    CHECK_FALSE(closed.is_open());
    CHECK(ring.is_open());
    // A token that another server issued without a key is not valid on this server.
    const auto now = clock.now();
    const auto text =
        ring.sign({.seat = ana_seat, .began = now, .expires = now + std::chrono::hours{1}});
    const auto found = ring.find(std::string_view{text.value()});
    REQUIRE(found.caller);
    CHECK_FALSE(closed.find(std::string_view{text.value()}).caller);
    CHECK_FALSE(closed.is_valid(*found.caller));

    const auto made = make(reader);
    REQUIRE(closed.refresh(soon));
    CHECK_FALSE(closed.is_empty());
    CHECK(closed.find(made.token).caller);
}

TEST_CASE_METHOD(keys_fixture, "key_ring: it knows changes up to its last refresh")
{
    const auto before = std::chrono::steady_clock::now();
    CHECK_FALSE(ring.is_known_since(before));

    REQUIRE(ring.refresh(soon));

    CHECK(ring.is_known_since(before));
    CHECK_FALSE(ring.is_known_since(std::chrono::steady_clock::now()));
}

TEST_CASE_METHOD(keys_fixture, "key_ring: a key ends when it is revoked or expires")
{
    const auto first = make(reader);
    const auto second = make({.name = "b", .scopes = {"admin"}, .expires = "2026-01-02T00:00:00Z"});

    REQUIRE(keys.revoke(first.key.id, soon));
    CHECK(ring.find(first.token).caller);
    REQUIRE(ring.refresh(soon));
    CHECK_FALSE(ring.find(first.token).caller);
    CHECK_FALSE(ring.find(first.token).is_guess);

    CHECK(ring.find(second.token).caller);
    clock.set(stamp_of("2026-01-02T00:00:00Z").at());
    CHECK_FALSE(ring.find(second.token).caller);
}

TEST_CASE_METHOD(keys_fixture, "key_ring: all keys created before an instant are revoked together")
{
    const auto old = make(reader);
    clock.set(stamp_of("2026-01-03T00:00:00Z").at());
    const auto young = make(reader);

    CHECK(*keys.revoke_all(clock.now(), soon) == 1);
    CHECK(*keys.revoke_all(clock.now(), soon) == 0);
    REQUIRE(ring.refresh(soon));
    CHECK_FALSE(ring.find(old.token).caller);
    CHECK(ring.find(young.token).caller);
}

TEST_CASE_METHOD(keys_fixture, "key_ring: the use of a key is recorded in the store to the minute")
{
    const auto made = make(reader);
    CHECK_FALSE(keys.get(made.key.id, soon)->last_used);

    clock.set(stamp_of("2026-01-01T10:20:30Z").at());
    CHECK(ring.find(made.token).caller);
    REQUIRE(ring.note_uses(soon));
    CHECK(keys.get(made.key.id, soon)->last_used == stamp_of("2026-01-01T10:20:00Z").at());
}

TEST_CASE_METHOD(keys_fixture, "key_ring: the uses of all keys are recorded, each once")
{
    const std::vector made{make(reader), make(reader), make(writer), make(writer)};
    for (const auto& one : {made[0], made[1], made[3]})
        REQUIRE(ring.find(one.token).caller);

    REQUIRE(ring.note_uses(soon));

    for (std::size_t at = 0; at < made.size(); ++at)
        CHECK(keys.get(made[at].key.id, soon)->last_used.has_value() == (at != 2));
}

TEST_CASE("key_ring: polling writes nothing, and a use that could not be recorded is recorded later"
)
{
    keys_fixture made;
    keys_that_may_not_be_written refusing{made.storage.keys()};
    key_ring ring{refusing, made.clock};
    const auto key = made.make(reader);
    REQUIRE(ring.refresh(soon));
    REQUIRE(ring.find(key.token).caller);

    CHECK(ring.refresh(soon));
    CHECK_FALSE(ring.note_uses(soon));
    CHECK_FALSE(made.keys.get(key.key.id, soon)->last_used);

    refusing.may_be_written = true;
    REQUIRE(ring.note_uses(soon));
    CHECK(made.keys.get(key.key.id, soon)->last_used == made.clock.now());
}

TEST_CASE_METHOD(
    keys_fixture,
    "key_ring: a token acts as its client, until the token or its key ends"
)
{
    REQUIRE(keys.ensure_signing(soon));
    const auto key = make(writer);
    const token_service tokens{clock};
    const auto by = ring.find(key.token).caller;
    const auto token = tokens.issue(
        {.conversation_id = ana_seat.conversation.text(), .client_id = ana_seat.client.text()},
        by->grant,
        key.key.id
    );
    REQUIRE(token);
    const auto text = ring.sign(*token);
    REQUIRE(text);

    const auto found = ring.find(std::string_view{*text});
    REQUIRE(found.caller);
    CHECK(found.caller->key->id == key.key.id);
    CHECK(found.caller->grant.seat() == ana_seat);
    CHECK(ring.is_valid(*found.caller));

    clock.set(token->expires);
    CHECK_FALSE(ring.find(std::string_view{*text}).caller);
    CHECK_FALSE(ring.find(std::string_view{*text}).is_guess);
    CHECK_FALSE(ring.is_valid(*found.caller));
    clock.set(token->began);
    CHECK(ring.is_valid(*found.caller));

    REQUIRE(keys.revoke(key.key.id, soon));
    REQUIRE(ring.refresh(soon));
    CHECK_FALSE(ring.find(std::string_view{*text}).caller);
    CHECK_FALSE(ring.is_valid(*found.caller));
}

TEST_CASE_METHOD(
    keys_fixture,
    "key_ring: a token that was issued without keys ends with the first key"
)
{
    REQUIRE(keys.ensure_signing(soon));
    REQUIRE(ring.refresh(soon));
    const conversation_token token{
        .seat = ana_seat,
        .began = clock.now(),
        .expires = clock.now() + std::chrono::hours{1},
        .life = std::chrono::hours{1}};
    const auto text = *ring.sign(token);
    REQUIRE(ring.find(std::string_view{text}).caller);

    make(writer);

    CHECK_FALSE(ring.find(std::string_view{text}).caller);
}

TEST_CASE_METHOD(keys_fixture, "key_ring: no token is signed before a secret exists")
{
    REQUIRE(ring.refresh(soon));

    CHECK_FALSE(ring.sign({.seat = ana_seat}));
}
