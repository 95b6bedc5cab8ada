#include "adapters/soci/messages/sql_conversations.hpp"

#include "adapters/soci/rows/lookup_by_id.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The letters of the columns: id, state, participants, first timestamp, last message.
const std::string& conversation_letters()
{
    static const std::string letters = "innntnn" + std::string{message_letters};
    return letters;
}

/// The column with all participants as one text: bot and client of each pairing, in hexadecimal.
std::string participants_column(const sql_dialect& dialect, const std::string& condition)
{
    return "(SELECT " + std::string{dialect.join_texts} + '(' + dialect.hexadecimal("p.bot") +
           " || " + dialect.hexadecimal("p.client") +
           ", '') FROM pairings p WHERE p.conversation = c.id" + condition + ")";
}

/// The condition that the bot of `table` is visible; empty unless `is_limited`.
std::string is_visible(const std::string& table, bool is_limited)
{
    return is_limited ? " AND " + table + ".bot IN (SELECT bot FROM visible)" : std::string{};
}

/// The SELECT without its WHERE. `from` supplies the conversations as `c`. If the SELECT
/// `is_limited` to the visible bots, the statement must begin with `visible_sql::with`.
std::string select_conversations(
    const sql_dialect& dialect,
    const std::string& from,
    bool is_limited
)
{
    // The first or the last message in list order: one index lookup each.
    const auto end_of = [&](const std::string& order) {
        return "(SELECT e.id FROM messages e WHERE e.conversation = c.id" +
               is_visible("e", is_limited) + " ORDER BY e.instant" + order + ", e.seq" + order +
               " LIMIT 1)";
    };
    const std::string count = is_limited
                                  ? "(SELECT count(*) FROM messages n WHERE n.conversation = c.id" +
                                        is_visible("n", true) + ")"
                                  : "c.last_seq - c.hidden";
    const std::string last_seq = is_limited ? count : "c.last_seq";
    const std::string revision = is_limited ? count : "c.last_seq + c.changes";
    return "SELECT c.id, " + count + ", " + last_seq + ", " + revision + ", " +
           participants_column(dialect, is_visible("p", is_limited)) + ", f.instant, f.form, " +
           names_of(message_columns, "m.") + " FROM " + from +
           " JOIN messages f ON f.id = " + end_of("") +
           " JOIN messages m ON m.id = " + end_of(" DESC");
}

/// The UUID with these 32 hexadecimal digits.
uuid uuid_from_hex(std::string_view hex)
{
    const auto part = [&](std::size_t at, std::size_t size) {
        return std::string{hex.substr(at, size)};
    };
    const auto id = uuid::parse(
        part(0, 8) + '-' + part(8, 4) + '-' + part(12, 4) + '-' + part(16, 4) + '-' + part(20, 12)
    );
    if (!id)
        throw broken_data{"The ids of a stored pairing are malformed."};
    return *id;
}

std::vector<pairing> participants_from(std::string_view text)
{
    constexpr std::size_t digits = 2 * uuid::size;
    std::vector<pairing> participants;
    for (std::size_t at = 0; at + 2 * digits <= text.size(); at += 2 * digits) {
        participants.push_back(
            {bot_id{uuid_from_hex(text.substr(at, digits))},
             client_id{uuid_from_hex(text.substr(at + digits, digits))}}
        );
    }
    std::ranges::sort(participants);
    return participants;
}

conversation conversation_in(const row& row)
{
    return {
        .id = conversation_id{row.id(0)},
        .state =
            {.message_count = row.count(1), .last_seq = row.count(2), .revision = row.count(3)},
        .participants = participants_from(row.text(4)),
        .first = timestamp_in(row, 5),
        .last = message_in(row, 7),
    };
}

/// A statement whose parameters depend on the request.
struct selection {
    std::string sql;
    std::string parameters;

    [[nodiscard]] sql_text text() const { return {sql, parameters, conversation_letters()}; }
};

/// Selects one page of conversations. Their ids come from an index of the pairings, in order.
selection select_page(const sql_dialect& dialect, const conversation_query& query)
{
    const auto& [bot, client, visible] = query.filter;
    const bool is_limited = !visible.is_all();
    const bool backwards = query.from && query.from->backwards;
    std::string page = "(SELECT DISTINCT p.conversation AS id FROM pairings p WHERE ";
    page += bot ? "p.bot = :bot" : "p.client = :client";
    if (bot && client)
        page += " AND p.client = :client";
    page += is_visible("p", is_limited);
    if (query.from)
        page += backwards ? " AND p.conversation < :key" : " AND p.conversation > :key";
    page += backwards ? " ORDER BY p.conversation DESC" : " ORDER BY p.conversation";
    page += " LIMIT :limit) AS w JOIN conversations c ON c.id = w.id";

    const std::size_t ids = (bot ? 1U : 0U) + (client ? 1U : 0U) + (query.from ? 1U : 0U);
    selection selected{
        select_conversations(dialect, page, is_limited),
        std::string(ids, 'i') + 'n'};
    if (is_limited) {
        const visible_sql bots{dialect, visible};
        selected = {bots.with + selected.sql, bots.parameters + selected.parameters};
    }
    return selected;
}

/// Selects one conversation as a reader sees it who may see only some bots.
selection select_visible(const sql_dialect& dialect, const visible_bots& visible)
{
    const visible_sql bots{dialect, visible};
    return {
        bots.with + select_conversations(dialect, "conversations c", true) + " WHERE c.id = :id",
        bots.parameters + 'i'};
}

}  // namespace

result<std::vector<std::optional<conversation>>> sql_conversations::find(
    std::span<const conversation_id> ids,
    const visible_bots& visible,
    const read_terms& terms
)
{
    lookup_by_id<conversation> lookup{ids};
    const auto add = [&](const row& row) { lookup.add(conversation_in(row)); };
    const auto done = runner_.read(terms, [&](session& db) {
        lookup.clear();
        if (visible.is_all()) {
            const selection all{select_conversations(db.dialect(), "conversations c", false), {}};
            db.select_by_ids(all.text(), "c.id", lookup.ids(), add);
            return;
        }
        const auto selected = select_visible(db.dialect(), visible);
        for (const auto& id : lookup.ids()) {
            auto& rows = db.prepared(selected.text());
            bind_visible(db.dialect(), rows, visible);
            for (rows.bind(id).run(); rows.next();)
                add(rows);
        }
    });
    if (!done)
        return done.error();
    return lookup.in_order();
}

result<conversation_page> sql_conversations::list(
    const conversation_query& query,
    const read_terms& terms
)
{
    std::vector<conversation> conversations;
    const auto done = runner_.read(terms, [&](session& db) {
        conversations.clear();
        auto& rows = db.prepared(select_page(db.dialect(), query).text());
        bind_visible(db.dialect(), rows, query.filter.visible);
        if (query.filter.bot)
            rows.bind(*query.filter.bot);
        if (query.filter.client)
            rows.bind(*query.filter.client);
        if (query.from)
            rows.bind(query.from->key);
        for (rows.bind(std::uint64_t{query.limit} + 1).run(); rows.next();)
            conversations.push_back(conversation_in(rows));
    });
    if (!done)
        return done.error();

    // The join loses the order of the page: restore the reading order.
    const auto key_of = [](const conversation& listed) { return listed.id.value; };
    std::ranges::sort(conversations, {}, key_of);
    if (query.from && query.from->backwards)
        std::ranges::reverse(conversations);
    return make_page(std::move(conversations), query.limit, query.from, key_of);
}

}  // namespace botapi::sql
