#include "adapters/soci/messages/sql_conversations.hpp"

#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

namespace botapi::sql {

using namespace botcore;

namespace {

constexpr std::string_view conversation_columns_give = "intnniinnnniintt";

/// The participants as one text: the bot and the client of each pairing, in hexadecimal.
std::string participants_column(dialect dialect, const std::string& condition)
{
    const std::string from = " FROM pairings p WHERE p.conversation = c.id" + condition + ")";
    if (dialect == dialect::postgresql) {
        return "(SELECT string_agg(replace(CAST(p.bot AS text) || CAST(p.client AS text), '-', ''),"
               " '')" +
               from;
    }
    return "(SELECT group_concat(hex(p.bot) || hex(p.client), '')" + from;
}

/// That the bot of `table` may be seen; nothing if all may.
std::string is_visible(const std::string& table, bool is_limited)
{
    return is_limited ? " AND " + table + ".bot IN (SELECT bot FROM visible)" : std::string{};
}

/// Up to its WHERE. `from` brings the conversations, as `c`. If only some bots may be seen, the
/// statement has to begin with `visible_sql::with`.
std::string select_conversations(dialect dialect, const std::string& from, bool is_limited)
{
    // The first and the last in list order, each a step into an index.
    const auto end_of = [&](const std::string& order) {
        return "(SELECT e.id FROM messages e WHERE e.conversation = c.id" +
               is_visible("e", is_limited) + " ORDER BY e.instant" + order + ", e.seq" + order +
               " LIMIT 1)";
    };
    const std::string count = is_limited
                                  ? "(SELECT count(*) FROM messages n WHERE n.conversation = c.id" +
                                        is_visible("n", true) + ")"
                                  : "c.last_seq";
    return "SELECT c.id, " + count + ", " +
           participants_column(dialect, is_visible("p", is_limited)) + ", f.instant, f.form, " +
           message_columns("m.") + " FROM " + from + " JOIN messages f ON f.id = " + end_of("") +
           " JOIN messages m ON m.id = " + end_of(" DESC");
}

/// `hex`: 32 digits.
uuid uuid_from_hex(std::string_view hex)
{
    const auto part = [&](std::size_t at, std::size_t size) {
        return std::string{hex.substr(at, size)};
    };
    const auto read = uuid::parse(
        part(0, 8) + '-' + part(8, 4) + '-' + part(12, 4) + '-' + part(16, 4) + '-' + part(20, 12)
    );
    if (!read)
        throw broken_data{"A stored pairing has no ids."};
    return *read;
}

std::vector<pairing> participants_from(std::string_view text)
{
    constexpr std::size_t digits = 2 * uuid::size;
    std::vector<pairing> found;
    for (std::size_t at = 0; at + 2 * digits <= text.size(); at += 2 * digits) {
        found.push_back(
            {bot_id{uuid_from_hex(text.substr(at, digits))},
             client_id{uuid_from_hex(text.substr(at + digits, digits))}}
        );
    }
    std::ranges::sort(found);
    return found;
}

conversation conversation_in(const row& row)
{
    return {
        .id = conversation_id{row.id(0)},
        .last_seq = row.count(1),
        .participants = participants_from(row.text(2)),
        .first = timestamp_in(row, 3),
        .last = message_in(row, 5),
    };
}

/// A statement whose parameters depend on what is asked.
struct asked_sql {
    std::string sql;
    std::string takes;

    [[nodiscard]] sql_text text() const { return {sql, takes, conversation_columns_give}; }
};

/// One page of conversations. Their ids come from the pairings: an index has them in order.
asked_sql select_page(dialect dialect, const conversation_query& query)
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
        page += backwards ? " AND p.conversation < :place" : " AND p.conversation > :place";
    page += backwards ? " ORDER BY p.conversation DESC" : " ORDER BY p.conversation";
    page += " LIMIT :limit) AS w JOIN conversations c ON c.id = w.id";

    const std::size_t ids = (bot ? 1U : 0U) + (client ? 1U : 0U) + (query.from ? 1U : 0U);
    asked_sql made{select_conversations(dialect, page, is_limited), std::string(ids, 'i') + 'n'};
    if (is_limited) {
        const visible_sql seen{dialect, visible};
        made = {seen.with + made.sql, seen.takes + made.takes};
    }
    return made;
}

/// One conversation as who may know of some bots only sees it.
asked_sql select_visible(dialect dialect, const visible_bots& visible)
{
    const visible_sql seen{dialect, visible};
    return {
        seen.with + select_conversations(dialect, "conversations c", true) + " WHERE c.id = :id",
        seen.takes + 'i'};
}

}  // namespace

result<std::vector<std::optional<conversation>>> sql_conversations::find(
    std::span<const conversation_id> ids,
    const visible_bots& visible,
    deadline until
)
{
    std::vector<uuid> keys;
    keys.reserve(ids.size());
    for (const auto& id : ids)
        keys.push_back(id.value);

    std::unordered_map<conversation_id, conversation> known;
    const auto done = runner_.read(until, [&](session& on) {
        known.clear();
        const auto keep = [&](const row& row) {
            auto read = conversation_in(row);
            known.insert_or_assign(read.id, std::move(read));
        };
        if (visible.is_all()) {
            const asked_sql all{select_conversations(on.dialect(), "conversations c", false), {}};
            on.select_by_ids(all.text(), "c.id", keys, keep);
            return;
        }
        const auto selected = select_visible(on.dialect(), visible);
        for (const auto& id : keys) {
            auto& asked = on.prepared(selected.text());
            give_visible(asked, visible);
            for (asked.give(id).run(); asked.next();)
                keep(asked);
        }
    });
    if (!done)
        return done.error();

    std::vector<std::optional<conversation>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto place = known.find(id);
        found.push_back(place == known.end() ? std::nullopt : std::optional{place->second});
    }
    return found;
}

result<conversation_page> sql_conversations::list(const conversation_query& query, deadline until)
{
    std::vector<conversation> found;
    const auto done = runner_.read(until, [&](session& on) {
        found.clear();
        auto& asked = on.prepared(select_page(on.dialect(), query).text());
        give_visible(asked, query.filter.visible);
        if (query.filter.bot)
            asked.give(*query.filter.bot);
        if (query.filter.client)
            asked.give(*query.filter.client);
        if (query.from)
            asked.give(query.from->key);
        for (asked.give(std::uint64_t{query.limit} + 1).run(); asked.next();)
            found.push_back(conversation_in(asked));
    });
    if (!done)
        return done.error();

    // A join keeps no order: back to the one of reading.
    const auto key_of = [](const conversation& one) { return one.id.value; };
    std::ranges::sort(found, {}, key_of);
    if (query.from && query.from->backwards)
        std::ranges::reverse(found);
    return make_page(std::move(found), query.limit, query.from, key_of);
}

}  // namespace botapi::sql
