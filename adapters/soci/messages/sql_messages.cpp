#include "adapters/soci/messages/sql_messages.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/messages/append_work.hpp"
#include "adapters/soci/rows/lookup_by_id.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The revision of a conversation `c`. For a reader who may see only some of its messages, it is
/// the number of visible messages. The database counts them only in that case.
constexpr std::string_view revision = "c.last_seq + c.changes";
constexpr std::string_view shown_revision =
    "CASE WHEN EXISTS (SELECT 1 FROM pairings q WHERE q.conversation = c.id"
    " AND q.bot NOT IN (SELECT bot FROM visible))"
    " THEN (SELECT count(*) FROM messages m WHERE m.conversation = c.id"
    " AND m.bot IN (SELECT bot FROM visible)) ELSE c.last_seq + c.changes END";

/// The version of a list whose filter is not a conversation alone.
list_version version_of(session& db, const message_filter& filter)
{
    const bool is_limited = !filter.visible.is_all();
    std::string parameters;
    std::string sql;
    if (is_limited) {
        const visible_sql visible{db.dialect(), filter.visible};
        sql = visible.with;
        parameters = visible.parameters;
    }
    const std::string number{is_limited ? shown_revision : revision};
    const std::string last_seq = is_limited ? number : "c.last_seq";
    sql += "SELECT CAST(coalesce(sum(" + number + "), 0) AS bigint)," +
           (filter.conversation ? " coalesce(max(" + last_seq + "), 0)" : std::string{" 0"}) +
           " FROM conversations c WHERE c.id IN (SELECT p.conversation FROM pairings p WHERE ";
    std::vector<uuid> ids;
    const auto require = [&](const auto& id, std::string_view condition) {
        if (!id)
            return;
        sql.append(ids.empty() ? "" : " AND ").append(condition);
        parameters += 'i';
        ids.push_back(id->value);
    };
    require(filter.conversation, "p.conversation = :conversation");
    require(filter.bot, "p.bot = :bot");
    require(filter.client, "p.client = :client");
    sql += is_limited ? " AND p.bot IN (SELECT bot FROM visible))" : ")";

    auto& selection = db.prepared({sql, parameters, "nn"});
    bind_visible(db.dialect(), selection, filter.visible);
    for (const auto& id : ids)
        selection.bind(id);
    list_version version;
    for (selection.run(); selection.next();)
        version = {.revision = selection.count(0), .last_seq = selection.count(1)};
    return version;
}

bool is_whole_conversation(const message_filter& filter)
{
    return filter.conversation && !filter.bot && !filter.client && filter.visible.is_all();
}

}  // namespace

std::vector<result<std::vector<appended>>> sql_messages::append(
    std::span<const submission> submissions,
    deadline until
)
{
    if (submissions.empty())
        return {};
    append_work append{registry_, *writer_, submissions, until};
    const transaction work{
        .lock = bots_stay,
        .run = [&](session& db) { return append.run(db); },
        .verify_commit = [&](session& db) { return append.verify_commit(db); },
    };
    const auto done = runner_.write(until, work);
    const bool may_have_grown = done || done.error().code == errc::outcome_unknown;
    signals_.append_ended(may_have_grown ? append.grown() : std::vector<stream_id>{});
    if (!done)
        return {submissions.size(), done.error()};
    return append.answers();
}

result<std::vector<std::optional<message>>> sql_messages::find(
    std::span<const message_id> ids,
    const read_terms& terms
)
{
    static const auto sql = "SELECT " + names_of(message_columns) + " FROM messages";
    static const sql_text select{sql, {}, message_letters};
    lookup_by_id<message> lookup{ids};
    const auto done = runner_.read(terms, [&](session& db) {
        lookup.clear();
        db.select_by_ids(select, "id", lookup.ids(), [&](const row& row) {
            lookup.add(message_in(row));
        });
    });
    if (!done)
        return done.error();
    return lookup.in_order();
}

result<std::vector<list_version>> sql_messages::versions(
    std::span<const message_filter> filters,
    const read_terms& terms
)
{
    std::vector<uuid> conversations;
    for (const auto& filter : filters) {
        if (is_whole_conversation(filter))
            conversations.push_back(filter.conversation->value);
    }
    const sql_text select{"SELECT id, last_seq + changes, last_seq FROM conversations", {}, "inn"};

    std::vector<list_version> versions;
    const auto done = runner_.read(terms, [&](session& db) {
        versions.clear();
        std::unordered_map<uuid, list_version> versions_by_id;
        db.select_by_ids(select, "id", conversations, [&](const row& row) {
            versions_by_id[row.id(0)] = {.revision = row.count(1), .last_seq = row.count(2)};
        });
        for (const auto& filter : filters) {
            versions.push_back(
                is_whole_conversation(filter) ? versions_by_id[filter.conversation->value]
                                              : version_of(db, filter)
            );
        }
        // After the versions: a standby may meanwhile have gone on to another timeline.
        const auto history = db.history();
        for (auto& version : versions)
            version.history = history;
    });
    if (!done)
        return done.error();
    return versions;
}

}  // namespace botapi::sql
