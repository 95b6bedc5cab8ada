#include "tests/contract/fixture.hpp"

#include <botcore/ports/key_store.hpp>

#include <atomic>

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
        api_key key{
            .id = id_of<key_id>(number),
            .name = "Chave d'água \"" + std::to_string(number) + "\" \\ {}",
            .scopes = {scope::bots_read, scope::messages_write},
            .bots = visible_bots{{aureo, bela}},
            .created = at(created),
            .expires = at(1'000'000)};
        key.hash.fill(static_cast<std::uint8_t>(number * 37));
        REQUIRE(keys.add(key, soon()));
        return key;
    }

    key_id add_with_quota(std::uint64_t quota)
    {
        const api_key key{.id = id_of<key_id>(1), .name = "a", .scopes = {}, .quota = quota};
        REQUIRE(keys.add(key, soon()));
        return key.id;
    }

    /// A submission of messages with these ids, on an account.
    [[nodiscard]] submission on(
        std::optional<key_id> account,
        const std::vector<std::uint64_t>& ids
    ) const
    {
        std::vector<message_spec> specs;
        for (const auto id : ids)
            specs.push_back({.in = talk, .from = as_aureo, .to = ana, .id = id_of<message_id>(id)});
        auto submission = submission_of(specs);
        submission.account = account;
        return submission;
    }

    std::vector<api_key> all()
    {
        auto answer = keys.list(soon());
        REQUIRE(answer);
        return std::move(answer->keys);
    }

    std::uint64_t version()
    {
        const auto answer = keys.version(soon());
        REQUIRE(answer);
        CHECK(keys.list(soon())->version == *answer);
        return *answer;
    }
};

}  // namespace

TEST_CASE_METHOD(keys_contract, "keys: keys are listed in the order of their creation", "[keys]")
{
    CHECK(all().empty());
    CHECK(version() == 0);
    const auto second = add(2);
    auto first = api_key{.id = id_of<key_id>(1), .name = "bare", .scopes = {}};
    REQUIRE(keys.add(first, soon()));

    CHECK(all() == std::vector{first, second});
}

TEST_CASE_METHOD(keys_contract, "keys: every change increases the version", "[keys]")
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

TEST_CASE_METHOD(keys_contract, "keys: an unknown key can't be revoked", "[keys]")
{
    CHECK(keys.revoke(id_of<key_id>(9), at(1), soon()).error().code == errc::not_found);
}

TEST_CASE_METHOD(
    keys_contract,
    "keys: all keys that were created before an instant are revoked",
    "[keys]"
)
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

TEST_CASE_METHOD(
    keys_contract,
    "keys: each signing key is stored, and its number can be used once",
    "[keys]"
)
{
    const auto key_with = [](std::uint32_t number, std::int64_t seconds) {
        signing_key key{.number = number, .created = at(seconds)};
        key.secret.fill(static_cast<std::uint8_t>(number * 41));
        return key;
    };
    const auto signing_keys = [&] { return keys.list(soon())->signing; };

    REQUIRE(keys.renew_signing(key_with(1, 10), at(1), soon()));
    CHECK(signing_keys() == std::vector{key_with(1, 10)});
    const auto before = version();
    CHECK(keys.renew_signing(key_with(1, 20), at(1), soon()).error().code == errc::already_exists);
    CHECK(version() == before);

    REQUIRE(keys.renew_signing(key_with(2, 20), at(90), soon()));
    CHECK(version() > before);
    auto first = key_with(1, 10);
    first.ends = at(90);
    CHECK(signing_keys() == std::vector{first, key_with(2, 20)});

    REQUIRE(keys.renew_signing(key_with(3, 30), at(95), soon()));
    auto second = key_with(2, 20);
    second.ends = at(95);
    CHECK(signing_keys() == std::vector{first, second, key_with(3, 30)});

    REQUIRE(keys.renew_signing(key_with(4, 90), at(200), soon()));
    auto third = key_with(3, 30);
    third.ends = at(200);
    CHECK(signing_keys() == std::vector{second, third, key_with(4, 90)});

    REQUIRE(keys.renew_signing(key_with(5, 91), signing_key::ended_already, soon()));
    auto ended = signing_keys();
    REQUIRE(ended.size() == 4);
    CHECK(ended.back() == key_with(5, 91));
    ended.pop_back();
    for (const auto& key : ended)
        CHECK_FALSE(key.is_valid_at(at(-1'000'000)));
    REQUIRE(keys.renew_signing(key_with(6, 92), at(300), soon()));
    CHECK(signing_keys().size() == 2);
}

TEST_CASE_METHOD(
    keys_contract,
    "keys: stored messages use up a quota, which is never exceeded",
    "[keys]"
)
{
    const auto key = add_with_quota(3);
    const auto before = version();

    REQUIRE(append(on(key, {1, 2})));
    CHECK(append(on(key, {1, 2}))->front().replayed);
    CHECK(all().front().stored == 2);

    CHECK(append(on(key, {3, 4})).error().code == errc::quota_exceeded);
    CHECK(all().front().stored == 2);
    CHECK(list(talk).size() == 2);

    REQUIRE(append(on(key, {5})));
    CHECK(append(on(key, {6})).error().code == errc::quota_exceeded);
    CHECK(append(on(key, {1})));
    REQUIRE(append(on(std::nullopt, {7})));
    CHECK(all().front().stored == 3);
    CHECK(version() == before);
}

TEST_CASE_METHOD(keys_contract, "keys: a quota is exact under concurrent appends", "[keys]")
{
    constexpr std::uint64_t quota = 40;
    const auto key = add_with_quota(quota);
    std::atomic<std::uint64_t> stored{0};
    std::atomic<std::uint64_t> refused{0};

    race(4, [&](unsigned number) {
        for (std::uint64_t at = 0; at < 20; ++at) {
            const std::vector submissions{on(key, {1'000 * (number + 1) + at})};
            const auto answers = messages.append(submissions, soon());
            if (answers.front())
                ++stored;
            else if (answers.front().error().code == errc::quota_exceeded)
                ++refused;
        }
    });

    CHECK(stored == quota);
    CHECK(refused == 80 - quota);
    CHECK(all().front().stored == quota);
    CHECK(list(talk).size() == quota);
}

TEST_CASE_METHOD(
    keys_contract,
    "keys: a use is recorded, and does not change the version",
    "[keys]"
)
{
    const auto key = add(1);
    const auto before = version();

    REQUIRE(keys.note_use(key.id, at(60), soon()));
    REQUIRE(keys.note_use(id_of<key_id>(9), at(60), soon()));

    CHECK(all().front().last_used == at(60));
    CHECK(version() == before);
}
