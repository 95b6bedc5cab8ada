#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/database_postgresql.hpp"

#include <botcore/ports/key_store.hpp>

using namespace botcore;
using cut = cutting_proxy::cut;

namespace {

/// Keys of a storage whose connections can be cut.
struct cut_keys_contract : sql_contract {
    cutting_proxy proxy{server_port()};
    std::unique_ptr<botapi::sql::sql_storage> cut_off = open_through(proxy.port(), db, log);
    key_store& keys = cut_off->keys();
    const api_key key{.id = id_of<key_id>(1), .name = "a", .scopes = {scope::bots_read}};

    std::vector<api_key> all() { return tested.keys().list(soon())->keys; }

    std::vector<signing_key> signing() { return tested.keys().list(soon())->signing; }
};

constexpr instant at(std::int64_t seconds)
{
    return instant{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE_METHOD(
    cut_keys_contract,
    "commit: keys are added and revoked once, despite cut connections",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);

    proxy.cut_next(where);
    REQUIRE(keys.add(key, soon()));
    CHECK(all() == std::vector{key});
    proxy.cut_next(where);
    REQUIRE(keys.note_use(key.id, at(5), soon()));
    CHECK(all().at(0).last_used == at(5));
    proxy.cut_next(where);
    REQUIRE(keys.revoke(key.id, at(6), soon()));
    CHECK(all().at(0).revoked == at(6));

    CHECK(proxy.cuts() == 3);
}

TEST_CASE_METHOD(
    cut_keys_contract,
    "commit: signing keys are renewed once, despite cut connections",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const signing_key first{.number = 1, .secret = {1}, .created = at(1)};
    const signing_key second{.number = 2, .secret = {2}, .created = at(2)};

    proxy.cut_next(where);
    REQUIRE(keys.renew_signing(first, instant::max(), soon()));
    proxy.cut_next(where);
    REQUIRE(keys.renew_signing(second, at(9), soon()));

    CHECK(proxy.cuts() == 2);
    REQUIRE(signing().size() == 2);
    CHECK(signing()[0].ends == at(9));
    CHECK(signing()[1] == second);
}

TEST_CASE_METHOD(
    cut_keys_contract,
    "commit: after a cut it is unknown which request revoked all keys",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    REQUIRE(keys.add(key, soon()));
    proxy.cut_next(where);

    const auto done = keys.revoke_all(at(100), at(7), soon());

    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::outcome_unknown);
    CHECK(all().at(0).revoked.has_value() == (where == cut::after_commit));
}

TEST_CASE_METHOD(
    cut_keys_contract,
    "commit: a revocation that a failover lost is noticed, though its number comes up again",
    "[commit]"
)
{
    const api_key other{.id = id_of<key_id>(2), .name = "b", .scopes = {scope::bots_read}};
    REQUIRE(keys.add(key, soon()));
    REQUIRE(keys.revoke(key.id, at(6), soon()));
    const auto revoked = keys.version(soon());
    REQUIRE(revoked);

    db.run("UPDATE api_keys SET revoked = NULL; UPDATE key_changes SET version = version - 1");
    proxy.cut_all();
    REQUIRE(keys.add(other, soon()));

    CHECK(db.run("SELECT version FROM key_changes") == std::vector<std::string>{"2"});
    const auto now = keys.version(soon());
    REQUIRE(now);
    CHECK(*now > *revoked);
    CHECK(keys.list(soon())->version == *now);
    const auto later = keys.version(soon());
    REQUIRE(later);
    CHECK(*later == *now);
}
