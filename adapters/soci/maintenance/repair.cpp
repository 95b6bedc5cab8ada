#include "adapters/soci/maintenance/repair.hpp"

#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/maintenance/check_rules.hpp"
#include "adapters/soci/schema/schema_state.hpp"

#include <botcore/domain/message.hpp>

#include <functional>

namespace botapi::sql {

using botcore::conversation_id;
using botcore::errc;
using botcore::refuse;
using botcore::result;
using botcore::uuid;

namespace {

/// A row of what has to be mended: up to three ids and two numbers.
struct mending {
    std::vector<uuid> ids{};
    std::vector<std::int64_t> numbers{};
};

/// All rows, read before anything is changed.
std::vector<mending> read_all(session& on, const sql_text& text)
{
    std::vector<mending> found;
    auto& asked = on.prepared(text);
    for (asked.run(); asked.next();) {
        auto& one = found.emplace_back();
        for (std::size_t column = 0; column < text.gives.size(); ++column) {
            if (text.gives[column] == 'i') {
                one.ids.push_back(asked.id(column));
            } else {
                one.numbers.push_back(asked.number(column));
            }
        }
    }
    return found;
}

/// A bot that is gone without a tombstone gets one. It is registered again as any removed bot.
void mend_bots(session& on, check_report& done)
{
    rule entered{done, "A bot that messages name was entered, as a removed one"};
    const auto missing = read_all(
        on,
        {"SELECT DISTINCT m.bot FROM messages m LEFT JOIN bots b ON b.id = m.bot"
         " WHERE b.id IS NULL ORDER BY m.bot",
         {},
         "i"}
    );
    for (const auto& one : missing) {
        on.prepared({"INSERT INTO bots (id, name, version, removed, registry_version)"
                     " SELECT :id, 'unknown', 1, 1, version + 1 FROM registry",
                     "i"})
            .give(one.ids[0])
            .run()
            .finish();
        entered.found(one.ids[0].text() + '.');
    }
    if (!missing.empty())
        bot_registry::count_change(on);
}

void mend_conversations(session& on, check_report& done)
{
    rule entered{done, "A conversation that messages name was entered"};
    const auto missing = read_all(
        on,
        {"SELECT m.conversation, max(m.seq) FROM messages m"
         " LEFT JOIN conversations c ON c.id = m.conversation"
         " WHERE c.id IS NULL GROUP BY m.conversation ORDER BY m.conversation",
         {},
         "in"}
    );
    for (const auto& one : missing) {
        on.prepared({"INSERT INTO conversations (id, shard, last_seq)"
                     " VALUES (:id, :shard, :last_seq)",
                     "inn"})
            .give(one.ids[0])
            .give(std::int64_t{botcore::shard_of(conversation_id{one.ids[0]})})
            .give(one.numbers[0])
            .run()
            .finish();
        entered.found(one.ids[0].text() + ", up to number " + std::to_string(one.numbers[0]) + '.');
    }
}

void mend_last_numbers(session& on, check_report& done)
{
    rule raised{done, "The last number of a conversation was raised to that of its last message"};
    const auto behind = read_all(
        on,
        {"SELECT c.id, c.last_seq, max(m.seq) FROM conversations c"
         " JOIN messages m ON m.conversation = c.id GROUP BY c.id, c.last_seq"
         " HAVING max(m.seq) > c.last_seq ORDER BY c.id",
         {},
         "inn"}
    );
    for (const auto& one : behind) {
        on.prepared({"UPDATE conversations SET last_seq = :last_seq WHERE id = :id", "ni"})
            .give(one.numbers[1])
            .give(one.ids[0])
            .run()
            .finish();
        raised.found(
            one.ids[0].text() + ", from " + std::to_string(one.numbers[0]) + " to " +
            std::to_string(one.numbers[1]) + '.'
        );
    }
}

/// Changes the pairing in each row of `select`, which gives conversation, bot and client.
void mend_pairings(
    session& on,
    rule& done,
    const std::string& select,
    const std::function<void(const mending&)>& change
)
{
    for (const auto& one : read_all(on, {select, {}, "iii"})) {
        change(one);
        done.found(
            one.ids[1].text() + " and " + one.ids[2].text() + " in " + one.ids[0].text() + '.'
        );
    }
}

void mend_participants(session& on, check_report& done)
{
    rule entered{done, "Participants who speak in a conversation were entered"};
    mend_pairings(
        on,
        entered,
        "SELECT conversation, bot, client FROM messages"
        " EXCEPT SELECT conversation, bot, client FROM pairings ORDER BY 1, 2, 3",
        [&](const mending& missing) {
            on.prepared({"INSERT INTO pairings (conversation, bot, client, shard)"
                         " VALUES (:conversation, :bot, :client, :shard)",
                         "iiin"})
                .give(missing.ids[0])
                .give(missing.ids[1])
                .give(missing.ids[2])
                .give(std::int64_t{botcore::shard_of(conversation_id{missing.ids[0]})})
                .run()
                .finish();
        }
    );
    rule removed{done, "Participants who said nothing in a conversation were taken out"};
    mend_pairings(
        on,
        removed,
        "SELECT conversation, bot, client FROM pairings"
        " EXCEPT SELECT conversation, bot, client FROM messages ORDER BY 1, 2, 3",
        [&](const mending& silent) {
            on.prepared({"DELETE FROM pairings WHERE conversation = :conversation AND bot = :bot"
                         " AND client = :client",
                         "iii"})
                .give(silent.ids[0])
                .give(silent.ids[1])
                .give(silent.ids[2])
                .run()
                .finish();
        }
    );
}

/// `select` gives an id, the conversation's id and the shard; `table` is where the first one is.
void mend_shards(session& on, rule& done, const std::string& table, const sql_text& select)
{
    std::vector<mending> wrong;
    walk(on, select, [&](const row& row) {
        const auto right = std::int64_t{botcore::shard_of(conversation_id{row.id(1)})};
        if (row.number(2) != right)
            wrong.push_back({{row.id(0)}, {right}});
    });
    for (const auto& one : wrong) {
        on.prepared({"UPDATE " + table + " SET shard = :shard WHERE id = :id", "ni"})
            .give(one.numbers[0])
            .give(one.ids[0])
            .run()
            .finish();
        done.found(one.ids[0].text() + '.');
    }
}

void mend_shards(session& on, check_report& done)
{
    rule conversations{done, "A conversation was put into its shard"};
    mend_shards(
        on,
        conversations,
        "conversations",
        {"SELECT id, id, shard FROM conversations", {}, "iin"}
    );
    rule messages{done, "A message was put into its shard"};
    mend_shards(
        on,
        messages,
        "messages",
        {"SELECT id, conversation, shard FROM messages", {}, "iin"}
    );
    for (const auto table : tables_of_conversations) {
        rule rows{done, "Rows of " + std::string{table} + " were put into their shard"};
        std::vector<mending> wrong;
        walk_shards(on, table, [&](conversation_id id, std::int64_t low, std::int64_t high) {
            const auto right = std::int64_t{botcore::shard_of(id)};
            if (low != right || high != right)
                wrong.push_back({{id.value}, {right}});
        });
        for (const auto& one : wrong) {
            on.prepared({"UPDATE " + std::string{table} +
                             " SET shard = :shard WHERE conversation = :conversation",
                         "ni"})
                .give(one.numbers[0])
                .give(one.ids[0])
                .run()
                .finish();
            rows.found(one.ids[0].text() + '.');
        }
    }
}

/// Keeps all other writers away until the end of the transaction.
void keep_others_away(session& on)
{
    on.limit(botcore::deadline::max());
    on.execute(std::string{on.dialect().begin_repair});
}

repair_report repair(session& on, repairing mode)
{
    keep_others_away(on);
    repair_report report;
    check_report done;
    if (check_schema(on)) {
        mend_bots(on, done);
        mend_conversations(on, done);
        mend_last_numbers(on, done);
        mend_participants(on, done);
        mend_shards(on, done);
    }
    report.repairs = std::move(done.findings);
    report.left = check_all(on);
    if (mode == repairing::apply && !report.repairs.empty()) {
        on.commit();
    } else
        on.rollback();
    return report;
}

}  // namespace

result<repair_report> repair(const database_url& url, repairing mode, botcore::log& log)
{
    if (is_missing(url))
        return refuse(errc::unavailable, "The database " + url.redacted() + " does not exist.");
    try {
        const auto on = open_session(url);
        on->check_primary();
        return repair(*on, mode);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& thrown) {
        return refusal_at_start(url, failure_from(thrown), log);
    }
}

}  // namespace botapi::sql
