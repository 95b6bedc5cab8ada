#include "adapters/soci/bots/sql_bots.hpp"

#include "adapters/soci/rows/message_rows.hpp"

#include <unordered_map>

namespace botapi::sql {

using namespace botcore;

result<std::vector<std::optional<bot>>> sql_bots::find(std::span<const bot_id> ids, deadline until)
{
    std::vector<uuid> keys;
    keys.reserve(ids.size());
    for (const auto& id : ids)
        keys.push_back(id.value);

    std::unordered_map<bot_id, bot> known;
    const auto done = runner_.read(until, [&](session& on) {
        known.clear();
        const sql_text select{"SELECT id, name, version FROM bots", {}, "itn"};
        const auto keep = [&](const row& row) {
            auto read = bot_in(row);
            known.insert_or_assign(read.id, std::move(read));
        };
        on.select_by_ids(select, "id", keys, keep, " AND removed = 0");
    });
    if (!done)
        return done.error();

    std::vector<std::optional<bot>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto place = known.find(id);
        found.push_back(place == known.end() ? std::nullopt : std::optional{place->second});
    }
    return found;
}

result<bot_page> sql_bots::list(const bot_query& query, deadline until)
{
    const bool backwards = query.from && query.from->backwards;
    sql_text text{"SELECT id, name, version FROM bots WHERE removed = 0", "n", "itn"};
    if (query.from) {
        text.sql += backwards ? " AND id < :place" : " AND id > :place";
        text.takes = "in";
    }
    text.sql += backwards ? " ORDER BY id DESC LIMIT :limit" : " ORDER BY id LIMIT :limit";

    std::vector<bot> found;
    const auto done = runner_.read(until, [&](session& on) {
        found.clear();
        auto& asked = on.prepared(text);
        if (query.from)
            asked.give(query.from->key);
        for (asked.give(std::uint64_t{query.limit} + 1).run(); asked.next();)
            found.push_back(bot_in(asked));
    });
    if (!done)
        return done.error();
    const auto key_of = [](const bot& one) { return one.id.value; };
    return make_page(std::move(found), query.limit, query.from, key_of);
}

}  // namespace botapi::sql
