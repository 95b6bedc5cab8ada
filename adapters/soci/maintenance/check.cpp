#include "adapters/soci/maintenance/check.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pooler_check.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/maintenance/check_rules.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/schema/prerequisites.hpp"
#include "adapters/soci/schema/schema_state.hpp"

#include <botcore/domain/bot.hpp>
#include <botcore/domain/message.hpp>

#include <functional>
#include <optional>
#include <utility>

namespace botapi::sql {

using botcore::conversation_id;
using botcore::result;
using botcore::uuid;

namespace {

/// Rows per page of `walk`.
constexpr std::string_view page_size = "5000";

void check_file(session& db, check_report& report)
{
    rule integrity{report, "The file is damaged"};
    auto& selection = db.prepared({"PRAGMA integrity_check", {}, "t"});
    for (selection.run(); selection.next();) {
        if (selection.text(0) != "ok")
            integrity.add(std::string{selection.text(0)} + '.');
    }
    run_check(
        db,
        report,
        "A foreign key refers to no row",
        {"SELECT \"table\" || ' to ' || parent FROM pragma_foreign_key_check", {}, "t"}
    );
}

void check_bots(session& db, check_report& report)
{
    rule names{report, "A bot has a name that breaks the rules for names"};
    walk(db, {"SELECT id, name FROM bots", {}, "it"}, [&](const row& row) {
        if (!botcore::bot_name::parse(row.text(1)))
            names.add(row.id(0).text() + '.');
    });
}

void check_conversations(session& db, check_report& report)
{
    rule shards{report, "A conversation is in the wrong shard"};
    walk(db, {"SELECT id, shard FROM conversations", {}, "in"}, [&](const row& row) {
        ++report.conversations;
        const conversation_id id{row.id(0)};
        if (row.number(1) != botcore::shard_of(id))
            shards.add(id.text() + '.');
    });
}

void check_messages(session& db, check_report& report)
{
    rule shards{report, "A message is in the wrong shard"};
    rule stamps{report, "A message has an invalid timestamp"};
    const sql_text select{
        "SELECT id, conversation, shard, instant, form FROM messages",
        {},
        "iinnn"};
    walk(db, select, [&](const row& row) {
        ++report.messages;
        if (row.number(2) != botcore::shard_of(conversation_id{row.id(1)}))
            shards.add(row.id(0).text() + '.');
        try {
            timestamp_in(row, 3);
        } catch (const broken_data&) {
            stamps.add(row.id(0).text() + '.');
        }
    });
}

/// Checks the shards in the tables whose rows have no id of their own.
void check_shards(session& db, check_report& report)
{
    for (const auto table : tables_of_conversations) {
        rule shards{report, "Rows of " + std::string{table} + " are in the wrong shard"};
        walk_shards(db, table, [&](conversation_id id, std::int64_t low, std::int64_t high) {
            const std::int64_t expected = botcore::shard_of(id);
            if (low != expected || high != expected)
                shards.add(id.text() + '.');
        });
    }
}

}  // namespace

void walk_shards(
    session& db,
    std::string_view table,
    const std::function<void(conversation_id, std::int64_t, std::int64_t)>& each
)
{
    const sql_text select{
        "SELECT id, low, high FROM (SELECT conversation AS id, min(shard) AS low,"
        " max(shard) AS high FROM " +
            std::string{table} + " GROUP BY conversation) AS grouped",
        {},
        "inn"};
    walk(db, select, [&](const row& row) {
        each(conversation_id{row.id(0)}, row.number(1), row.number(2));
    });
}

void walk(session& db, const sql_text& select, const std::function<void(const row&)>& each)
{
    std::optional<uuid> after;
    for (bool has_more = true; has_more;) {
        const std::string where = after ? " WHERE id > :after" : "";
        auto& selection = db.prepared(
            {select.sql + where + " ORDER BY id LIMIT " + std::string{page_size},
             after ? "i" : "",
             select.columns}
        );
        if (after)
            selection.bind(*after);
        has_more = false;
        for (selection.run(); selection.next();) {
            has_more = true;
            after = selection.id(0);
            each(selection);
        }
    }
}

check_report check_all(session& db)
{
    check_report report;
    if (const auto schema = check_schema(db); !schema) {
        report.findings.push_back(schema.error().detail);
        return report;
    }
    if (db.dialect().is_file)
        check_file(db, report);
    check_relations(db, report);
    check_bots(db, report);
    check_conversations(db, report);
    check_messages(db, report);
    check_shards(db, report);
    return report;
}

namespace {

/// What the operator should know of a file that can't be written.
std::string remark_on(const database_url& url)
{
    if (url.dialect() != dialect::sqlite)
        return {};
    const std::string read_only = absolute_path(url.target()) + " can't be written here";
    switch (read_access_to(url.target())) {
        case read_access::usual: return {};
        case read_access::shared:
            return read_only + ", so it was read only, and can't be repaired.";
        case read_access::copy_with_log:
            return read_only +
                   ", so it was read as a copy, together with its log. It can't be "
                   "locked or repaired: the report is right only if no program wrote "
                   "to it meanwhile.";
        case read_access::copy: break;
    }
    return read_only +
           ", so it was read as a copy without a log. It can't be locked or repaired: "
           "the report is right only if no program wrote to it meanwhile, and lacks "
           "what was in the botapi.db-wal of the original.";
}

}  // namespace

result<check_report> check(const database_url& url, botcore::log& log)
{
    if (auto usable = check_file_access(url, file_use::read); !usable)
        return usable.error();
    try {
        const auto pooled = usable_pooling(url);
        if (!pooled)
            return pooled.error();
        const auto db = open_session_to_read(url, *pooled);
        db->check_primary();
        db->limit(botcore::deadline::max());
        if (const auto fit = check_prerequisites(*db, schema_use::keep); !fit)
            return fit.error();
        db->execute(std::string{db->dialect().begin_check});
        auto report = check_all(*db);
        report.remark = remark_on(url);
        db->rollback();
        return report;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& thrown) {
        return refusal_at_start(url, failure_from(thrown), log);
    }
}

}  // namespace botapi::sql
