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
        const auto done = botapi::sql::repair(place.url(), mode, log);
        if (!done)
            FAIL(done.error().detail);
        return *done;
    }

    std::vector<std::string> findings()
    {
        const auto done = check(place.url(), log);
        if (!done)
            FAIL(done.error().detail);
        return done->findings;
    }

    /// A script with the names of ids in braces, as SQL writes them.
    std::string spelled(std::string script)
    {
        const std::vector<std::pair<std::string, std::string>> names{
            {"{talk}", literal(place, talk.value)},
            {"{aureo}", literal(place, aureo.value)},
            {"{bela}", literal(place, bela.value)},
            {"{ana}", literal(place, ana.value)},
        };
        for (const auto& [name, value] : names) {
            for (auto at = script.find(name); at != std::string::npos; at = script.find(name))
                script.replace(at, name.size(), value);
        }
        return script;
    }
};

}  // namespace

TEST_CASE_METHOD(repair_contract, "repair: where nothing is wrong, nothing is done", "[repair]")
{
    const auto report = repair(repairing::apply);

    CHECK(report.repairs == std::vector<std::string>{});
    CHECK(report.left.findings == std::vector<std::string>{});
    CHECK(report.left.messages == 4);
}

TEST_CASE_METHOD(
    repair_contract,
    "repair: what follows from the messages is mended, and no message changes",
    "[repair]"
)
{
    const auto [script, told] = GENERATE_COPY(table<std::string, std::string>({
        {"UPDATE conversations SET last_seq = 1 WHERE id = {talk}",
         "to that of its last message: " + talk.text() + ", from 1 to 3."},
        {"DELETE FROM conversations WHERE id = {talk}",
         "A conversation that messages name was entered: " + talk.text() + ", up to number 3."},
        {"DELETE FROM pairings WHERE conversation = {talk} AND client = {ana}",
         "Participants who speak in a conversation were entered: " + aureo.text() + " and " +
             ana.text() + " in " + talk.text()},
        {"INSERT INTO pairings (conversation, bot, client) VALUES ({talk}, {bela}, {ana})",
         "Participants who said nothing in a conversation were taken out: " + bela.text()},
        {"DELETE FROM bots WHERE id = {aureo}", "as a removed one: " + aureo.text()},
        {"UPDATE conversations SET shard = (shard + 1) % 65536 WHERE id = {talk}",
         "A conversation was put into its shard: " + talk.text()},
        {"UPDATE messages SET shard = (shard + 1) % 65536 WHERE conversation = {talk}",
         "A message was put into its shard: "},
        {"DELETE FROM conversations; DELETE FROM pairings; DELETE FROM bots",
         "A conversation that messages name was entered: " + other_talk.text()},
    }));
    const auto before = std::pair{list(talk), list(other_talk)};
    place.run(spelled(script));
    REQUIRE_FALSE(findings().empty());

    const auto would_be = repair(repairing::dry_run);
    CHECK_FALSE(findings().empty());
    const auto report = repair(repairing::apply);

    INFO(script);
    std::string all;
    for (const auto& one : report.repairs)
        all += one + '\n';
    CHECK_THAT(all, Catch::Contains(told));
    CHECK(would_be.repairs == report.repairs);
    CHECK(report.left.findings == std::vector<std::string>{});
    CHECK(findings() == std::vector<std::string>{});
    CHECK(std::pair{list(talk), list(other_talk)} == before);
}

TEST_CASE_METHOD(
    repair_contract,
    "repair: a bot that was entered is a removed one, and can be registered again",
    "[repair]"
)
{
    place.run(spelled("DELETE FROM bots WHERE id = {aureo}"));
    repair(repairing::apply);

    CHECK_FALSE(find_bot(aureo));
    const said one{.in = talk, .from = as_aureo, .to = ana};
    CHECK(append(submission_of({one})).error().code == errc::unknown_bot);
    REQUIRE(add_bot(aureo, "Aureo"));
    CHECK(store(one).seq == 4);
}

TEST_CASE_METHOD(
    repair_contract,
    "repair: where messages are missing, nothing is made up, and it is told",
    "[repair]"
)
{
    const auto script = GENERATE(
        "DELETE FROM messages WHERE conversation = {talk} AND seq = 2",
        "DELETE FROM messages WHERE conversation = {talk} AND seq = 3",
        "UPDATE messages SET form = 65535 WHERE conversation = {talk} AND seq = 1",
        "UPDATE bots SET name = '' WHERE id = {bela}"
    );
    place.run(spelled(script));

    const auto report = repair(repairing::apply);

    INFO(script);
    REQUIRE_FALSE(report.left.findings.empty());
    CHECK(findings() == report.left.findings);
    CHECK(place.run("SELECT last_seq FROM conversations ORDER BY last_seq").back() == "3");
}

TEST_CASE("repair: a database that is not there is no repair, but an error", "[repair]")
{
    kept_log log;
    const auto url = database_url::parse("sqlite:/nowhere/at/all.db");
    REQUIRE(url);

    const auto done = repair(*url, repairing::apply, log);

    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::unavailable);
}
