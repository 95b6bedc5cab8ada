#include "adapters/soci/schema/migrate.hpp"
#include "tests/contract/cutting_proxy.hpp"
#include "tests/contract/database_postgresql.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

using namespace botcore;
using namespace std::chrono_literals;
using cut = cutting_proxy::cut;

namespace {

/// A storage whose connections can be cut, and one whose connections can't.
struct commit_contract : sql_contract {
    cutting_proxy proxy{server_port()};
    std::unique_ptr<botapi::sql::sql_storage> cut_off = open_through(proxy.port(), db, log);

    submission greeting() { return submission_of({{.in = talk, .from = as_aureo, .to = ana}}); }
};

}  // namespace

TEST_CASE_METHOD(
    commit_contract,
    "commit: after a connection is lost in a commit, each message is stored once",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const bool has_receipt = GENERATE(false, true);
    REQUIRE(append(greeting()));
    const message_spec one{.in = talk, .from = as_aureo, .to = ana, .text = "cut"};
    const auto request = has_receipt ? once(one, 4000) : submission_of({one});
    proxy.cut_next(where);

    const auto done = cut_off->messages().append(std::vector{request, greeting()}, soon());

    CHECK(proxy.cuts() == 1);
    REQUIRE(done.size() == 2);
    REQUIRE(done[0]);
    REQUIRE(done[1]);
    CHECK_FALSE(done[0]->at(0).replayed);
    CHECK(done[0]->at(0).stored.seq == 2);
    CHECK(done[1]->at(0).stored.seq == 3);
    CHECK(list(talk).size() == 3);
    CHECK(find(done[0]->at(0).stored.id) == done[0]->at(0).stored);
    CHECK(log.count("a connection was lost during a commit") == 1);
    CHECK(append(request)->at(0) == appended{done[0]->at(0).stored, true});
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: after a connection is lost in a pipelined commit, each message is stored once",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    // The first append fills the cache of bots.
    REQUIRE(cut_off->messages().append(std::vector{greeting()}, soon()).at(0));
    proxy.cut_next(where);

    const std::vector requests{greeting(), greeting()};
    const auto done = cut_off->messages().append(requests, soon());

    CHECK(proxy.implied_cuts() == 1);
    REQUIRE(done.size() == 2);
    REQUIRE(done[0]);
    REQUIRE(done[1]);
    CHECK_FALSE(done[0]->at(0).replayed);
    CHECK_FALSE(done[1]->at(0).replayed);
    CHECK(done[0]->at(0).stored.seq == 2);
    CHECK(done[1]->at(0).stored.seq == 3);
    CHECK(list(talk).size() == 3);
    CHECK(find(done[0]->at(0).stored.id) == done[0]->at(0).stored);
    CHECK(find(done[1]->at(0).stored.id) == done[1]->at(0).stored);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: a pipelined transaction that fails at its end stores nothing",
    "[commit]"
)
{
    REQUIRE(append(greeting()));
    db.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$;"
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION refuse()"
    );

    const auto refused = append(greeting());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::storage_full);
    CHECK(list(talk).size() == 1);
    db.run("DROP TRIGGER refuse ON messages");
    CHECK(append(greeting())->at(0).stored.seq == 2);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: bots that another server registers, removes or revives are noticed at once",
    "[commit]"
)
{
    const auto cleo = id_of<bot_id>(50);
    const auto from_cleo = [&] {
        return submission_of({{.in = talk, .from = participant_id{cleo.value}, .to = ana}});
    };
    REQUIRE(cut_off->messages().append(std::vector{greeting()}, soon()).at(0));
    const auto answer = [&] {
        return cut_off->messages().append(std::vector{from_cleo(), greeting()}, soon());
    };

    for (unsigned round = 0; round < 3; ++round) {
        CHECK(answer().at(0).error().code == errc::unknown_bot);
        REQUIRE(add_bot(cleo, "Cleo"));
        CHECK(answer().at(0));
        CHECK(answer().at(1));
        REQUIRE(tested.bots().remove(std::vector<bot_removal>{{cleo}}, soon()).at(0));
    }
    CHECK(answer().at(0).error().code == errc::unknown_bot);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: bots are added, changed and removed once, despite cut connections",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const auto cleo = id_of<bot_id>(50);
    const receipt key{uuid_of(50), 50};

    proxy.cut_next(where);
    const std::vector<bot_registration> registration{{cleo, name_of("Cleo"), key}};
    const auto added = cut_off->bots().add(registration, soon()).at(0);
    proxy.cut_next(where);
    const std::vector<bot_change> renaming{{cleo, name_of("Cleópatra")}};
    const auto renamed = cut_off->bots().change(renaming, soon()).at(0);
    const auto found = find_bot(cleo);
    proxy.cut_next(where);
    const std::vector<bot_removal> removal{{cleo}};
    const auto removed = cut_off->bots().remove(removal, soon()).at(0);
    proxy.cut_next(where);
    const std::vector<bot_registration> revival{{cleo, name_of("Cleo III")}};
    const auto revived = cut_off->bots().add(revival, soon()).at(0);

    CHECK(proxy.cuts() == 4);
    REQUIRE(added);
    CHECK(*added == registered_bot{{cleo, name_of("Cleo"), 1}, false});
    REQUIRE(renamed);
    CHECK(*renamed == bot{cleo, name_of("Cleópatra"), 2});
    CHECK(found == *renamed);
    CHECK(removed);
    REQUIRE(revived);
    CHECK(revived->bot == bot{cleo, name_of("Cleo III"), 4});
    CHECK(*add_bot(cleo, "Cleo", key) == registered_bot{added->bot, true});
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: while the server is unreachable, the outcome is unknown, and a retry is safe",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const auto request = once({.in = talk, .from = as_aureo, .to = ana}, 4000);
    proxy.cut_next(where, true);
    const auto began = std::chrono::steady_clock::now();

    const auto refused = cut_off->messages().append(std::vector{request}, began + 700ms).at(0);
    const auto took = std::chrono::steady_clock::now() - began;

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::outcome_unknown);
    CHECK(took < 2s);
    proxy.turn_away(false);
    const auto again = cut_off->messages().append(std::vector{request}, soon()).at(0);
    REQUIRE(again);
    CHECK(again->at(0).replayed == (where == cut::after_commit));
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: with time for a failover, the outcome is found out when the server is back",
    "[commit]"
)
{
    const auto where = GENERATE(cut::before_commit, cut::after_commit);
    const auto patient = open_through(proxy.port(), db, log, {}, {.failover_wait = 20s});
    const auto is_long = [&] {
        const auto last = patient->last_outage();
        return last && std::chrono::steady_clock::now() - last->began > 1'700ms;
    };
    proxy.cut_next(where, true);
    std::jthread returning{[&] {
        while (!is_long())
            std::this_thread::sleep_for(5ms);
        proxy.turn_away(false);
    }};

    const auto done = patient->messages().append(std::vector{greeting()}, soon()).at(0);

    CAPTURE(done ? std::string{} : done.error().detail);
    REQUIRE(done);
    CHECK_FALSE(done->at(0).replayed);
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: the end of an outage is noticed without requests",
    "[commit]"
)
{
    CHECK_FALSE(cut_off->last_outage());
    REQUIRE(cut_off->ready(soon()));
    proxy.turn_away(true);
    proxy.cut_all();
    REQUIRE_FALSE(cut_off->ready(soon()));
    const auto lasting = cut_off->last_outage();
    REQUIRE(lasting);
    REQUIRE_FALSE(lasting->ended);

    proxy.turn_away(false);

    const auto until = soon();
    auto last = cut_off->last_outage();
    while (!last->ended && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(5ms);
        last = cut_off->last_outage();
    }
    CHECK(last->began == lasting->began);
    CHECK(last->ended);
    CHECK(cut_off->ready(soon()));
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: what reaches the server after its connection was lost is not refused",
    "[commit]"
)
{
    // The first append fills the cache of bots, so that the next one is sent in one piece.
    REQUIRE(cut_off->messages().append(std::vector{greeting()}, soon()).at(0));
    stranger other{db};
    other.run("BEGIN; SELECT 1 FROM conversations FOR UPDATE");  // Retries can't commit.
    proxy.cut_next(cut::late_commit);

    const auto until = std::chrono::steady_clock::now() + 900ms;
    const auto refused = cut_off->messages().append(std::vector{greeting()}, until).at(0);

    CHECK(proxy.implied_cuts() == 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::outcome_unknown);
    other.run("ROLLBACK");
    proxy.deliver_late();
    CHECK(list(talk).size() == 2);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: a retry that commits keeps the delayed original from being stored",
    "[commit]"
)
{
    REQUIRE(cut_off->messages().append(std::vector{greeting()}, soon()).at(0));
    proxy.cut_next(cut::late_commit);

    const auto done = cut_off->messages().append(std::vector{greeting()}, soon()).at(0);

    CHECK(proxy.implied_cuts() == 1);
    REQUIRE(done);
    proxy.deliver_late();
    CHECK(list(talk).size() == 2);
    CHECK(find(done->at(0).stored.id) == done->at(0).stored);
}

TEST_CASE_METHOD(commit_contract, "commit: the storage recovers from a broken network", "[commit]")
{
    REQUIRE(append(greeting()));
    const std::vector ids{list(talk).at(0).id};

    REQUIRE(cut_off->messages().find(ids, soon()));
    proxy.cut_all();
    CHECK(cut_off->messages().find(ids, soon())->at(0));
    proxy.cut_all();
    CHECK(cut_off->messages().append(std::vector{greeting()}, soon()).at(0));
    proxy.cut_all();
    CHECK(cut_off->ready(soon()));
    CHECK(list(talk).size() == 2);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: a database that stays away is unavailable, long before the deadline",
    "[commit]"
)
{
    proxy.turn_away(true);
    proxy.cut_all();
    const auto began = std::chrono::steady_clock::now();

    const auto refused = cut_off->messages().append(std::vector{greeting()}, soon()).at(0);
    const auto refused_read = cut_off->messages().list({.filter = {.conversation = talk}}, soon());
    const auto took = std::chrono::steady_clock::now() - began;
    const auto readiness = cut_off->ready(soon());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    REQUIRE_FALSE(refused_read);
    CHECK(refused_read.error().code == errc::unavailable);
    REQUIRE_FALSE(readiness);
    CHECK(readiness.error().code == errc::unavailable);
    CHECK(took < 4s);
    CHECK(log.count("the database can't be reached") >= 2);
    proxy.turn_away(false);
    const auto back = std::chrono::steady_clock::now();
    while (!cut_off->messages().append(std::vector{greeting()}, soon()).at(0))
        REQUIRE(std::chrono::steady_clock::now() - back < 2s);
    CHECK(list(talk).size() == 1);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: after a server session dies in a commit, the commit is verified",
    "[commit]"
)
{
    // The server itself ends the connection at the first commit, and only then.
    db.run(
        "CREATE SEQUENCE deaths; CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF nextval('deaths') = 1 THEN"
        " PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION die()"
    );

    const auto done = append(greeting());

    REQUIRE(done);
    CHECK_FALSE(done->at(0).replayed);
    CHECK(done->at(0).stored.seq == 1);
    CHECK(list(talk).size() == 1);
    CHECK(log.count("a connection was lost during a commit") == 1);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: lists of the same ids in opposite orders never wait for each other",
    "[commit]"
)
{
    // The server would take longer to notice a deadlock than the requests wait.
    const auto patient =
        open_through(server_port(), db, log, "?options=-c%20deadlock_timeout%3D60s");
    constexpr unsigned rounds = 50;
    std::atomic<unsigned> stored{0};
    std::atomic<unsigned> conflicts{0};
    const bool has_receipts = GENERATE(false, true);

    for (unsigned round = 0; round < rounds; ++round) {
        race(2, [&](unsigned number) {
            // Each list in a conversation of its own, so that only the ids meet.
            std::vector<message_spec> specs;
            std::vector<submission> batch;
            for (unsigned at = 0; at < 20; ++at) {
                const message_spec one{
                    .in = number == 0 ? talk : other_talk,
                    .from = as_aureo,
                    .to = ana,
                    .id = id_of<message_id>(10'000 + round * 20 + at)};
                specs.push_back(one);
                batch.push_back(once(one, 20'000 + round * 20 + at));
                batch.back().receipt->digest += number;
            }
            if (number == 1) {
                std::ranges::reverse(specs);
                std::ranges::reverse(batch);
            }
            if (!has_receipts)
                batch = {submission_of(specs)};
            const auto until = std::chrono::steady_clock::now() + 5s;
            for (const auto& one : patient->messages().append(batch, until)) {
                const bool is_conflict = !one && (one.error().code == errc::content_mismatch ||
                                                  one.error().code == errc::key_reused);
                stored += one ? 1 : 0;
                conflicts += is_conflict ? 1 : 0;
            }
        });
    }

    const unsigned lists = has_receipts ? rounds * 20 : rounds;
    CHECK(stored == lists);
    CHECK(conflicts == lists);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: a database that was dropped and made anew is not written to",
    "[commit]"
)
{
    REQUIRE(append(greeting()));
    const std::string name = db.run("SELECT current_database()").at(0);
    const bool is_migrated = GENERATE(false, true);
    run_on(server_url() + "postgres", "DROP DATABASE \"" + name + "\" WITH (FORCE)");
    run_on(server_url() + "postgres", "CREATE DATABASE \"" + name + '"');
    if (is_migrated)
        REQUIRE(botapi::sql::migrate(db.url(), botapi::sql::migrating::apply, log));

    const auto refused = append(greeting());
    const auto readiness = tested.ready(soon());

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK_THAT(refused.error().detail, Catch::Contains("replaced by another one"));
    REQUIRE_FALSE(readiness);
    CHECK(readiness.error().code == errc::unavailable);
    CHECK(log.count("the database was replaced by another one") == 1);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: a store that was restored into another database is noticed",
    "[commit]"
)
{
    REQUIRE(append(greeting()));
    const std::string name = db.run("SELECT current_database()").at(0);
    const std::string postgres = server_url() + "postgres";
    const auto end_sessions =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname IN ('" +
        name + "', '" + name + "_copy')";
    run_on(postgres, end_sessions);
    run_on(postgres, "CREATE DATABASE \"" + name + "_copy\" TEMPLATE \"" + name + '"');
    run_on(postgres, "DROP DATABASE \"" + name + "\" WITH (FORCE)");
    run_on(postgres, "ALTER DATABASE \"" + name + "_copy\" RENAME TO \"" + name + '"');

    REQUIRE(append(greeting()));

    CHECK(log.count("the database was restored, or another server took its place") == 1);
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: a bot is renamed while appends are in progress",
    "[commit]"
)
{
    stranger appending{db};
    appending.run("BEGIN; SELECT pg_advisory_xact_lock_shared(1651471475)");

    const std::vector<bot_change> renaming{{aureo, name_of("Áureo")}};
    const auto until = std::chrono::steady_clock::now() + 2s;
    const auto renamed = tested.bots().change(renaming, until).at(0);

    REQUIRE(renamed);
    CHECK(find_bot(aureo) == *renamed);
    CHECK(append(greeting()));
}

TEST_CASE_METHOD(
    commit_contract,
    "commit: however filters differ, a session keeps few statements prepared",
    "[commit]"
)
{
    // Such a statement is of the list, and not of the transaction that counts it.
    db.run(
        "CREATE TABLE counted (prepared bigint);"
        "CREATE FUNCTION count_prepared() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO counted SELECT count(*) FROM pg_prepared_statements;"
        " RETURN NULL; END $$;"
        "CREATE TRIGGER count_prepared AFTER INSERT ON messages"
        " FOR EACH STATEMENT EXECUTE FUNCTION count_prepared()"
    );
    const auto one_session = open_storage(db, log, {.sessions = 1});
    std::vector<bot_id> visible;
    for (unsigned count = 1; count <= 100; ++count) {
        visible.push_back(id_of<bot_id>(10'000 + count));
        for (unsigned kind = 0; kind < 16; ++kind) {
            message_query query{.filter = {.visible = visible_bots{visible}}};
            query.filter.conversation = talk;
            if ((kind & 1U) != 0)
                query.filter.client = client_id{ana.value};
            if ((kind & 2U) != 0)
                query.filter.from = ana;
            if ((kind & 4U) != 0)
                query.filter.way = direction::inbound;
            if ((kind & 8U) != 0)
                query.order = sort_order::descending;
            REQUIRE(one_session->messages().list(query, soon()));
            if (count % 25 == 0)
                REQUIRE(one_session->messages().versions(std::vector{query.filter}, soon()));
        }
    }

    REQUIRE(one_session->messages().append(std::vector{greeting()}, soon()).at(0));

    const auto prepared = std::stoul(db.run("SELECT max(prepared) FROM counted").at(0));
    CHECK(prepared > 10);
    CHECK(prepared <= 128);
}
