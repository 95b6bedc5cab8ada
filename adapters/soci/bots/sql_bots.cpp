#include "adapters/soci/bots/sql_bots.hpp"

#include "adapters/soci/rows/lookup_by_id.hpp"
#include "adapters/soci/rows/message_rows.hpp"

namespace botapi::sql {

using namespace botcore;

result<std::vector<std::optional<bot>>> sql_bots::find(
    std::span<const bot_id> ids,
    const read_terms& terms
)
{
    const sql_text select{"SELECT id, name, version FROM bots", {}, "itn"};
    lookup_by_id<bot> lookup{ids};
    const auto done = runner_.read(terms, [&](session& db) {
        lookup.clear();
        const auto keep = [&](const row& row) { lookup.add(bot_in(row)); };
        db.select_by_ids(select, "id", lookup.ids(), keep, " AND removed = 0");
    });
    if (!done)
        return done.error();
    return lookup.in_order();
}

result<bot_page> sql_bots::list(const bot_query& query, const read_terms& terms)
{
    const bool backwards = query.from && query.from->backwards;
    sql_text text{"SELECT id, name, version FROM bots WHERE removed = 0", "n", "itn"};
    if (query.from) {
        text.sql += backwards ? " AND id < :key" : " AND id > :key";
        text.parameters = "in";
    }
    text.sql += backwards ? " ORDER BY id DESC LIMIT :limit" : " ORDER BY id LIMIT :limit";

    std::vector<bot> bots;
    const auto done = runner_.read(terms, [&](session& db) {
        bots.clear();
        auto& selection = db.prepared(text);
        if (query.from)
            selection.bind(query.from->key);
        for (selection.bind(std::uint64_t{query.limit} + 1).run(); selection.next();)
            bots.push_back(bot_in(selection));
    });
    if (!done)
        return done.error();
    const auto key_of = [](const bot& listed) { return listed.id.value; };
    return make_page(std::move(bots), query.limit, query.from, key_of);
}

}  // namespace botapi::sql
