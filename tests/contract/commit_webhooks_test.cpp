#include "adapters/soci/maintenance/repair.hpp"
#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/database_postgresql.hpp"
#include "tests/contract/webhooks_fixture.hpp"

#include <chrono>
#include <future>
#include <thread>

using namespace botcore;
using cut = cutting_proxy::cut;

namespace {

/// Webhooks of a storage whose connections can be cut.
struct cut_webhooks_contract : webhooks_contract {
    cut_webhooks_contract()
        : webhooks_contract{std::make_unique<sql_backend>(botapi::sql::storage_options{})}
    {
    }

    sql_backend& sql = static_cast<sql_backend&>(*owned_backend);
    cutting_proxy proxy{server_port()};
    std::unique_ptr<botapi::sql::sql_storage> cut_off =
        open_through(proxy.port(), sql.db(), sql.log());
    webhook_store& over_proxy = cut_off->webhooks();
};

/// Waits until somebody waits for a lock.
void wait_for_a_waiting_lock(database& db)
{
    const auto is_waiting = [&] {
        return db.run("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted") ==
               std::vector<std::string>{"t"};
    };
    for (const auto until = soon(); !is_waiting();) {
        REQUIRE(std::chrono::steady_clock::now() < until);
        std::this_thread::yield();
    }
}

}  // namespace

TEST_CASE_METHOD(
    cut_webhooks_contract,
    "commit: webhooks are put and removed once, despite cut connections",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);

    proxy.cut_next(where);
    const auto created = over_proxy.put(write_of("a"), soon());
    REQUIRE(created);
    CHECK(created->is_new);
    CHECK(*webhooks.list(aureo, soon()) == std::vector{created->webhook});
    auto change = write_of("a", 2);
    change.is_enabled = false;
    proxy.cut_next(where);
    const auto changed = over_proxy.put(change, soon());
    REQUIRE(changed);
    CHECK(changed->webhook.version == created->webhook.version + 1);
    proxy.cut_next(where);
    REQUIRE(over_proxy.remove({aureo, hook_name("a")}, soon()));
    CHECK(webhooks.list(aureo, soon())->empty());
    proxy.cut_next(where);
    REQUIRE(over_proxy.sweep(100, soon()));

    CHECK(proxy.cuts() == 4);
}

TEST_CASE_METHOD(
    cut_webhooks_contract,
    "commit: no delivery is lost or out of order, despite cut connections",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const auto hook = put(write_of("a"));
    const auto first = say("1");
    say("2");

    proxy.cut_next(where);
    auto claimed = claim_from(over_proxy);
    if (claimed.empty()) {  // The lost commit leased it, until the lease ends.
        owned_backend->advance(lease_length);
        claimed = claim_from(over_proxy);
    }
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].message == first);
    proxy.cut_next(where);
    const std::vector dead{
        settlement_of(claimed[0], {verdict::dead}, {.ended = now, .failure = "no answer"})};
    REQUIRE(over_proxy.settle(dead, soon()));
    CHECK(deliveries(hook.id, delivery_state::dead).size() == 1);

    proxy.cut_next(where);
    REQUIRE(over_proxy.redeliver(hook.id, first.id, soon()));
    CHECK(deliveries(hook.id, delivery_state::dead).empty());
    CHECK(deliver_all() == std::vector<std::string>{"1", "2"});

    proxy.cut_next(where);
    const auto again = over_proxy.replay(hook.id, stream_start, 100, soon());
    REQUIRE(again);
    CHECK(again->is_end);
    CHECK(deliver_all() == std::vector<std::string>{"1", "2"});
    CHECK(proxy.cuts() == 4);
}

TEST_CASE_METHOD(
    cut_webhooks_contract,
    "commit: dead deliveries are queued again once, despite cut connections",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const auto hook = put(write_of("a"));
    say("1");
    bury(claim().at(0));
    proxy.cut_next(where);

    REQUIRE(over_proxy.redeliver_dead(hook.id, 100, soon()));

    CHECK(proxy.cuts() == 1);
    CHECK(deliver_all() == std::vector<std::string>{"1"});
}

TEST_CASE_METHOD(
    cut_webhooks_contract,
    "commit: webhooks that another server puts, enables or removes are noticed at once",
    "[commit]"
)
{
    const auto say_beside = [&](const std::string& text) {
        const message_spec spec{.in = talk, .from = as_aureo, .to = ana, .text = text};
        REQUIRE(cut_off->messages().append(std::vector{submission_of({spec})}, soon()).at(0));
    };
    // The storage caches that there is no webhook.
    say_beside("before");
    say_beside("too early");

    put(write_of("a"));
    say_beside("one");
    auto off = write_of("a");
    off.is_enabled = false;
    put(off);
    say_beside("meanwhile");
    say_beside("meanwhile, too");
    put(write_of("a"));
    say_beside("two");
    CHECK(deliver_all() == std::vector<std::string>{"one", "two"});

    REQUIRE(webhooks.remove({aureo, hook_name("a")}, soon()));
    say_beside("after");
    put(write_of("b", 2));
    say_beside("three");
    CHECK(deliver_all() == std::vector<std::string>{"three"});
}

TEST_CASE_METHOD(
    cut_webhooks_contract,
    "commit: a sweep leaves nothing of a removed webhook, also if a redelivery meets it",
    "[commit]"
)
{
    const auto hook = put(write_of("a"));
    say("one");
    bury(claim().at(0));
    REQUIRE(webhooks.remove({.bot = aureo, .name = hook_name("a")}, soon()));
    stranger redelivery{sql.db()};
    redelivery.run(
        "BEGIN; SELECT pg_advisory_xact_lock_shared(1651471475);"
        "UPDATE webhook_deliveries SET state = 0"
    );

    auto swept = std::async(std::launch::async, [&] { return webhooks.sweep(100, soon()); });
    wait_for_a_waiting_lock(sql.db());
    redelivery.run("COMMIT");
    REQUIRE(swept.get());
    while (*webhooks.sweep(100, soon()) > 0) {
    }

    CHECK(deliveries(hook.id).empty());
    CHECK(sql.db().run("SELECT count(*) FROM webhooks") == std::vector<std::string>{"0"});
}

TEST_CASE_METHOD(
    cut_webhooks_contract,
    "commit: a repair waits for those who write deliveries",
    "[commit]"
)
{
    put(write_of("a"));
    say("one");
    stranger writer{sql.db()};
    writer.run("BEGIN; UPDATE webhook_deliveries SET shard = shard");

    auto repaired = std::async(std::launch::async, [&] {
        return botapi::sql::repair(sql.db().url(), botapi::sql::repairing::apply, sql.log());
    });
    wait_for_a_waiting_lock(sql.db());
    writer.run("COMMIT");

    CHECK(repaired.get());
}
