#include "adapters/soci/maintenance/repair.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pooler_check.hpp"
#include "adapters/soci/maintenance/check_rules.hpp"
#include "adapters/soci/schema/prerequisites.hpp"
#include "adapters/soci/schema/schema_state.hpp"

#include <botcore/domain/message.hpp>

#include <functional>

namespace botapi::sql {

using botcore::conversation_id;
using botcore::result;
using botcore::uuid;

namespace {

/// A row that needs a repair: up to three ids and two numbers.
struct faulty_row {
    std::vector<uuid> ids{};
    std::vector<std::int64_t> numbers{};
};

/// Reads all rows before anything is changed.
std::vector<faulty_row> read_all(session& db, const sql_text& text)
{
    std::vector<faulty_row> rows;
    auto& selection = db.prepared(text);
    for (selection.run(); selection.next();) {
        auto& row = rows.emplace_back();
        for (std::size_t column = 0; column < text.columns.size(); ++column) {
            if (text.columns[column] == 'i') {
                row.ids.push_back(selection.id(column));
            } else {
                row.numbers.push_back(selection.number(column));
            }
        }
    }
    return rows;
}

/// Adds bots that messages refer to as removed bots. They can be registered again like any removed
/// bot.
void repair_bots(session& db, check_report& repairs)
{
    rule added{repairs, "A bot that messages refer to was added as a removed bot"};
    const auto missing = read_all(
        db,
        {"SELECT DISTINCT m.bot FROM messages m LEFT JOIN bots b ON b.id = m.bot"
         " WHERE b.id IS NULL ORDER BY m.bot",
         {},
         "i"}
    );
    for (const auto& row : missing) {
        db.prepared({"INSERT INTO bots (id, name, version, removed, registry_version)"
                     " SELECT :id, 'unknown', 1, 1, version + 1 FROM registry",
                     "i"})
            .bind(row.ids[0])
            .run()
            .finish();
        added.add(row.ids[0].text() + '.');
    }
    if (!missing.empty())
        bot_registry::count_change(db);
}

void repair_conversations(session& db, check_report& repairs)
{
    rule added{repairs, "A conversation that messages refer to was added"};
    const auto missing = read_all(
        db,
        {"SELECT m.conversation, max(m.seq) FROM messages m"
         " LEFT JOIN conversations c ON c.id = m.conversation"
         " WHERE c.id IS NULL GROUP BY m.conversation ORDER BY m.conversation",
         {},
         "in"}
    );
    for (const auto& row : missing) {
        db.prepared({"INSERT INTO conversations (id, shard, last_seq)"
                     " VALUES (:id, :shard, :last_seq)",
                     "inn"})
            .bind(row.ids[0])
            .bind(std::int64_t{botcore::shard_of(conversation_id{row.ids[0]})})
            .bind(row.numbers[0])
            .run()
            .finish();
        added.add(row.ids[0].text() + ", up to number " + std::to_string(row.numbers[0]) + '.');
    }
}

void repair_last_numbers(session& db, check_report& repairs)
{
    rule raised{
        repairs,
        "The last number of a conversation was raised to that of its last message"};
    const auto behind = read_all(
        db,
        {"SELECT c.id, c.last_seq, max(m.seq) FROM conversations c"
         " JOIN messages m ON m.conversation = c.id GROUP BY c.id, c.last_seq"
         " HAVING max(m.seq) > c.last_seq ORDER BY c.id",
         {},
         "inn"}
    );
    for (const auto& row : behind) {
        db.prepared({"UPDATE conversations SET last_seq = :last_seq WHERE id = :id", "ni"})
            .bind(row.numbers[1])
            .bind(row.ids[0])
            .run()
            .finish();
        raised.add(
            row.ids[0].text() + ", from " + std::to_string(row.numbers[0]) + " to " +
            std::to_string(row.numbers[1]) + '.'
        );
    }
}

/// Calls `change` for each row of `select`, whose columns are conversation, bot and client.
void repair_pairings(
    session& db,
    rule& repairs,
    const std::string& select,
    const std::function<void(const faulty_row&)>& change
)
{
    for (const auto& row : read_all(db, {select, {}, "iii"})) {
        change(row);
        repairs.add(
            row.ids[1].text() + " and " + row.ids[2].text() + " in " + row.ids[0].text() + '.'
        );
    }
}

void repair_participants(session& db, check_report& repairs)
{
    rule added{repairs, "Participants with messages in a conversation were added"};
    repair_pairings(
        db,
        added,
        "SELECT conversation, bot, client FROM messages"
        " EXCEPT SELECT conversation, bot, client FROM pairings ORDER BY 1, 2, 3",
        [&](const faulty_row& missing) {
            db.prepared({"INSERT INTO pairings (conversation, bot, client, shard)"
                         " VALUES (:conversation, :bot, :client, :shard)",
                         "iiin"})
                .bind(missing.ids[0])
                .bind(missing.ids[1])
                .bind(missing.ids[2])
                .bind(std::int64_t{botcore::shard_of(conversation_id{missing.ids[0]})})
                .run()
                .finish();
        }
    );
    rule removed{repairs, "Participants without messages in a conversation were removed"};
    repair_pairings(
        db,
        removed,
        "SELECT conversation, bot, client FROM pairings"
        " EXCEPT SELECT conversation, bot, client FROM messages ORDER BY 1, 2, 3",
        [&](const faulty_row& silent) {
            db.prepared({"DELETE FROM pairings WHERE conversation = :conversation AND bot = :bot"
                         " AND client = :client",
                         "iii"})
                .bind(silent.ids[0])
                .bind(silent.ids[1])
                .bind(silent.ids[2])
                .run()
                .finish();
        }
    );
}

/// Corrects the shards in `table`. The columns of `select` are the id of a row, the id of its
/// conversation and its shard.
void repair_shards(session& db, rule& repairs, const std::string& table, const sql_text& select)
{
    std::vector<faulty_row> wrong;
    walk(db, select, [&](const row& row) {
        const auto expected = std::int64_t{botcore::shard_of(conversation_id{row.id(1)})};
        if (row.number(2) != expected)
            wrong.push_back({{row.id(0)}, {expected}});
    });
    for (const auto& row : wrong) {
        db.prepared({"UPDATE " + table + " SET shard = :shard WHERE id = :id", "ni"})
            .bind(row.numbers[0])
            .bind(row.ids[0])
            .run()
            .finish();
        repairs.add(row.ids[0].text() + '.');
    }
}

void repair_shards(session& db, check_report& repairs)
{
    rule conversations{repairs, "The shard of a conversation was corrected"};
    repair_shards(
        db,
        conversations,
        "conversations",
        {"SELECT id, id, shard FROM conversations", {}, "iin"}
    );
    rule messages{repairs, "The shard of a message was corrected"};
    repair_shards(
        db,
        messages,
        "messages",
        {"SELECT id, conversation, shard FROM messages", {}, "iin"}
    );
    for (const auto table : tables_of_conversations) {
        rule rows{repairs, "The shard of rows of " + std::string{table} + " was corrected"};
        std::vector<faulty_row> wrong;
        walk_shards(db, table, [&](conversation_id id, std::int64_t low, std::int64_t high) {
            const auto expected = std::int64_t{botcore::shard_of(id)};
            if (low != expected || high != expected)
                wrong.push_back({{id.value}, {expected}});
        });
        for (const auto& row : wrong) {
            db.prepared({"UPDATE " + std::string{table} +
                             " SET shard = :shard WHERE conversation = :conversation",
                         "ni"})
                .bind(row.numbers[0])
                .bind(row.ids[0])
                .run()
                .finish();
            rows.add(row.ids[0].text() + '.');
        }
    }
}

/// Begins the transaction of the repairs, without a time limit. It takes the bots' lock before the
/// tables, because every transaction of a server holds that lock before it writes a table.
void begin_exclusive(session& db)
{
    db.limit(botcore::deadline::max());
    const auto& sql = db.dialect();
    std::string begin{sql.begin_repair};
    if (!sql.lock_repaired.empty())
        begin.append("; ").append(bots_change.statement).append("; ").append(sql.lock_repaired);
    db.execute(begin);
}

repair_report repair(session& db, repairing mode)
{
    begin_exclusive(db);
    repair_report report;
    check_report repairs;
    if (check_schema(db)) {
        repair_bots(db, repairs);
        repair_conversations(db, repairs);
        repair_last_numbers(db, repairs);
        repair_participants(db, repairs);
        repair_shards(db, repairs);
    }
    report.repairs = std::move(repairs.findings);
    report.unrepaired = check_all(db);
    if (mode == repairing::apply && !report.repairs.empty()) {
        db.commit();
    } else
        db.rollback();
    return report;
}

}  // namespace

result<repair_report> repair(const database_url& url, repairing mode, botcore::log& log)
{
    if (auto usable = check_file_access(url, file_use::write); !usable)
        return usable.error();
    try {
        const auto pooled = usable_pooling(url);
        if (!pooled)
            return pooled.error();
        const auto db = open_session(url, *pooled);
        db->check_primary();
        if (const auto fit = check_prerequisites(*db, schema_use::keep); !fit)
            return fit.error();
        return repair(*db, mode);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& thrown) {
        return refusal_at_start(url, failure_from(thrown), log);
    }
}

}  // namespace botapi::sql
