#include "adapters/soci/maintenance/check.hpp"

#include "tests/contract/database.hpp"

#include <atomic>

using namespace botapi::sql;
using botcore::errc;

namespace {

/// Two conversations with three messages and one.
struct check_contract : sql_contract {
    check_contract()
    {
        store({.in = talk, .from = as_aureo, .to = ana});
        store({.in = talk, .from = ana, .to = as_aureo});
        store({.in = talk, .from = as_aureo, .to = ana, .id = id_of<botcore::message_id>(77)});
        store({.in = other_talk, .from = as_bela, .to = bruno});
    }

    check_report check()
    {
        const auto done = botapi::sql::check(db.url(), log);
        if (!done)
            FAIL(done.error().detail);
        return *done;
    }

    template <class Id>
    std::string sql_of(const Id& id)
    {
        return literal(db, id.value);
    }
};

}  // namespace

TEST_CASE_METHOD(check_contract, "check: data that the storage wrote has no findings", "[check]")
{
    REQUIRE(remove_bot(aureo));

    const auto report = check();

    CHECK(report.findings == std::vector<std::string>{});
    CHECK(report.conversations == 2);
    CHECK(report.messages == 4);
}

TEST_CASE_METHOD(check_contract, "check: every kind of damage is found and named", "[check]")
{
    const auto numbers = "not numbered from 1 to its last number: " + talk.text();
    const auto [script, finding] = GENERATE_COPY(table<std::string, std::string>({
        {"DELETE FROM messages WHERE conversation = {talk} AND seq = 1", numbers},
        {"DELETE FROM messages WHERE conversation = {talk} AND seq = 2", numbers},
        {"DELETE FROM messages WHERE conversation = {talk} AND seq = 3", numbers},
        {"UPDATE messages SET seq = 4 WHERE conversation = {talk} AND seq = 3", numbers},
        {"UPDATE messages SET seq = seq + 3 WHERE conversation = {talk}", numbers},
        {"UPDATE conversations SET last_seq = 4 WHERE id = {talk}", numbers},
        {"UPDATE conversations SET last_seq = 2 WHERE id = {talk}", numbers},
        {"DELETE FROM messages WHERE conversation = {talk}", numbers},
        {"DELETE FROM conversations WHERE id = {talk}",
         "A message has no conversation: " + id_of<botcore::message_id>(77).text()},
        {"DELETE FROM bots WHERE id = {aureo}",
         "A message has no bot: " + id_of<botcore::message_id>(77).text()},
        {"DELETE FROM pairings WHERE conversation = {talk}",
         "not participants of its conversation"},
        {"UPDATE pairings SET client = {bela} WHERE conversation = {talk}",
         "participants without messages in it: " + talk.text()},
        {"UPDATE messages SET arrival = arrival - 1000 WHERE id = {message}",
         "arrived before one with a smaller number in its conversation: " +
             id_of<botcore::message_id>(77).text()},
        {"UPDATE conversations SET shard = (shard + 1) % 65536 WHERE id = {talk}",
         "A conversation is in the wrong shard: " + talk.text()},
        {"UPDATE messages SET shard = (shard + 1) % 65536 WHERE id = {message}",
         "A message is in the wrong shard: " + id_of<botcore::message_id>(77).text()},
        {"UPDATE messages SET form = 65535 WHERE id = {message}",
         "invalid timestamp: " + id_of<botcore::message_id>(77).text()},
        {"UPDATE bots SET name = '' WHERE id = {aureo}",
         "breaks the rules for names: " + aureo.text()},
        {"INSERT INTO delivery_queues (webhook, conversation, waiting) VALUES ({bela}, {talk}, 1)",
         "has a wrong count: " + talk.text()},
        {"INSERT INTO webhook_deliveries (webhook, state, conversation, arrival, message)"
         " VALUES ({bela}, 1, {talk}, 1, {bela})",
         "A delivery to a webhook has no message: " + bela.text()},
        {"UPDATE botapi_schema SET checksum = 'abc'", "changed after it was applied"},
        {"DROP TABLE botapi_schema", "does not belong to botapi"},
    }));
    std::string spelled = script;
    const std::vector<std::pair<std::string, std::string>> names{
        {"{talk}", sql_of(talk)},
        {"{aureo}", sql_of(aureo)},
        {"{bela}", sql_of(bela)},
        {"{message}", sql_of(id_of<botcore::message_id>(77))},
    };
    for (const auto& [name, value] : names) {
        for (auto at = spelled.find(name); at != std::string::npos; at = spelled.find(name))
            spelled.replace(at, name.size(), value);
    }
    const bool numbers_arrival = db.url().dialect() == dialect::postgresql;
    if (numbers_arrival && spelled.find("SET arrival") != std::string::npos)
        spelled = "ALTER TABLE messages ALTER arrival DROP IDENTITY;" + spelled;
    db.run(spelled);

    const auto report = check();

    INFO(spelled);
    std::string all;
    for (const auto& found : report.findings)
        all += found + '\n';
    CHECK_THAT(all, Catch::Contains(finding));
}

TEST_CASE_METHOD(
    check_contract,
    "check: a report lists some of many findings, and counts the rest",
    "[check]"
)
{
    for (std::uint64_t number = 0; number < 30; ++number)
        store({.in = id_of<botcore::conversation_id>(900 + number), .from = as_aureo, .to = ana});
    db.run("UPDATE conversations SET last_seq = last_seq + 1");

    const auto report = check();

    REQUIRE(report.findings.size() == findings_max + 1);
    CHECK_THAT(report.findings.back(), Catch::EndsWith(": 12 more like these."));
    CHECK(report.conversations == 32);
}

TEST_CASE_METHOD(check_contract, "check: concurrent writes cause no findings", "[check]")
{
    std::atomic<bool> done{false};
    std::atomic<unsigned> findings{0};

    race(2, [&](unsigned number) {
        if (number == 0) {
            for (int round = 0; round < 40; ++round) {
                messages.append(
                    std::vector{submission_of({{.in = talk, .from = as_aureo, .to = ana}})},
                    soon()
                );
            }
            done = true;
            return;
        }
        do {
            const auto report = botapi::sql::check(db.url(), log);
            findings += report ? static_cast<unsigned>(report->findings.size()) : 1000U;
        } while (!done);
    });

    CHECK(findings == 0);
}

TEST_CASE("check: a missing database is an error, not a finding", "[check]")
{
    recording_log log;
    const auto url = database_url::parse(GENERATE(
        "sqlite:/nowhere/at/all.db",
        "postgresql://a:secret@127.0.0.1:1/db?connect_timeout=2"
    ));
    REQUIRE(url);

    const auto done = check(*url, log);

    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::unavailable);
    CHECK_THAT(done.error().detail, Catch::Contains(url->redacted()));
    CHECK(done.error().detail.find("secret") == std::string::npos);
    CHECK(done.error().detail.find('\n') == std::string::npos);
}
