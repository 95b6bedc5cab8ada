#include "adapters/soci/maintenance/repair.hpp"

#include "tests/contract/database.hpp"

using namespace botapi::sql;
using botcore::errc;

namespace {

/// Two conversations with three messages and one.
struct repair_contract : sql_contract {
    repair_contract()
    {
        store({.in = talk, .from = as_aureo, .to = ana});
        store({.in = talk, .from = ana, .to = as_aureo});
        store({.in = talk, .from = as_aureo, .to = bruno});
        store({.in = other_talk, .from = as_bela, .to = bruno});
    }

    repair_report repair(repairing mode)
    {
        const auto done = botapi::sql::repair(db.url(), mode, log);
        if (!done)
            FAIL(done.error().detail);
        return *done;
    }

    std::vector<std::string> findings()
    {
        const auto done = check(db.url(), log);
        if (!done)
            FAIL(done.error().detail);
        return done->findings;
    }

    /// Replaces the names in braces with the ids as SQL literals.
    std::string with_ids(std::string script)
    {
        const std::vector<std::pair<std::string, std::string>> names{
            {"{talk}", literal(db, talk.value)},
            {"{aureo}", literal(db, aureo.value)},
            {"{bela}", literal(db, bela.value)},
            {"{ana}", literal(db, ana.value)},
        };
        for (const auto& [name, value] : names) {
            for (auto at = script.find(name); at != std::string::npos; at = script.find(name))
                script.replace(at, name.size(), value);
        }
        return script;
    }
};

}  // namespace

TEST_CASE_METHOD(repair_contract, "repair: intact data is left unchanged", "[repair]")
{
    const auto report = repair(repairing::apply);

    CHECK(report.repairs == std::vector<std::string>{});
    CHECK(report.unrepaired.findings == std::vector<std::string>{});
    CHECK(report.unrepaired.messages == 4);
}

TEST_CASE_METHOD(
    repair_contract,
    "repair: data that follows from the messages is restored, and no message changes",
    "[repair]"
)
{
    const auto [script, finding] = GENERATE_COPY(table<std::string, std::string>({
        {"UPDATE conversations SET last_seq = 1 WHERE id = {talk}",
         "to that of its last message: " + talk.text() + ", from 1 to 3."},
        {"DELETE FROM conversations WHERE id = {talk}",
         "A conversation that messages refer to was added: " + talk.text() + ", up to number 3."},
        {"DELETE FROM pairings WHERE conversation = {talk} AND client = {ana}",
         "Participants with messages in a conversation were added: " + aureo.text() + " and " +
             ana.text() + " in " + talk.text()},
        {"INSERT INTO pairings (conversation, bot, client) VALUES ({talk}, {bela}, {ana})",
         "Participants without messages in a conversation were removed: " + bela.text()},
        {"DELETE FROM bots WHERE id = {aureo}", "as a removed bot: " + aureo.text()},
        {"UPDATE conversations SET shard = (shard + 1) % 65536 WHERE id = {talk}",
         "The shard of a conversation was corrected: " + talk.text()},
        {"UPDATE messages SET shard = (shard + 1) % 65536 WHERE conversation = {talk}",
         "The shard of a message was corrected: "},
        {"DELETE FROM conversations; DELETE FROM pairings; DELETE FROM bots",
         "A conversation that messages refer to was added: " + other_talk.text()},
    }));
    const auto before = std::pair{list(talk), list(other_talk)};
    db.run(with_ids(script));
    REQUIRE_FALSE(findings().empty());

    const auto would_be = repair(repairing::dry_run);
    CHECK_FALSE(findings().empty());
    const auto report = repair(repairing::apply);

    INFO(script);
    std::string all;
    for (const auto& repaired : report.repairs)
        all += repaired + '\n';
    CHECK_THAT(all, Catch::Contains(finding));
    CHECK(would_be.repairs == report.repairs);
    CHECK(report.unrepaired.findings == std::vector<std::string>{});
    CHECK(findings() == std::vector<std::string>{});
    CHECK(std::pair{list(talk), list(other_talk)} == before);
}

TEST_CASE_METHOD(
    repair_contract,
    "repair: a bot that was added is a removed bot, and can be registered again",
    "[repair]"
)
{
    db.run(with_ids("DELETE FROM bots WHERE id = {aureo}"));
    repair(repairing::apply);

    CHECK_FALSE(find_bot(aureo));
    const message_spec one{.in = talk, .from = as_aureo, .to = ana};
    CHECK(append(submission_of({one})).error().code == errc::unknown_bot);
    REQUIRE(add_bot(aureo, "Aureo"));
    CHECK(store(one).seq == 4);
}

TEST_CASE_METHOD(
    repair_contract,
    "repair: missing messages are reported, and nothing is invented",
    "[repair]"
)
{
    const auto script = GENERATE(
        "DELETE FROM messages WHERE conversation = {talk} AND seq = 2",
        "DELETE FROM messages WHERE conversation = {talk} AND seq = 3",
        "UPDATE messages SET form = 65535 WHERE conversation = {talk} AND seq = 1",
        "UPDATE bots SET name = '' WHERE id = {bela}"
    );
    db.run(with_ids(script));

    const auto report = repair(repairing::apply);

    INFO(script);
    REQUIRE_FALSE(report.unrepaired.findings.empty());
    CHECK(findings() == report.unrepaired.findings);
    CHECK(db.run("SELECT last_seq FROM conversations ORDER BY last_seq").back() == "3");
}

TEST_CASE("repair: a missing database is an error", "[repair]")
{
    recording_log log;
    const auto url = database_url::parse("sqlite:/nowhere/at/all.db");
    REQUIRE(url);

    const auto done = repair(*url, repairing::apply, log);

    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::unavailable);
}
