#include "adapters/soci/messages/sql_messages.hpp"

#include "adapters/soci/messages/append_work.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// How many messages of a conversation `c` may be seen: counted only where not all of them may.
constexpr std::string_view visible_count =
    "CASE WHEN EXISTS (SELECT 1 FROM pairings q WHERE q.conversation = c.id"
    " AND q.bot NOT IN (SELECT bot FROM visible))"
    " THEN (SELECT count(*) FROM messages m WHERE m.conversation = c.id"
    " AND m.bot IN (SELECT bot FROM visible)) ELSE c.last_seq END";

/// The number of one filter that is not just a conversation.
std::uint64_t version_of(session& on, const message_filter& filter)
{
    const bool is_limited = !filter.visible.is_all();
    std::string takes;
    std::string sql;
    std::string count = "c.last_seq";
    if (is_limited) {
        const visible_sql visible{on.dialect(), filter.visible};
        sql = visible.with;
        takes = visible.takes;
        count = visible_count;
    }
    sql += "SELECT CAST(coalesce(sum(" + count +
           "), 0) AS bigint) FROM conversations c WHERE c.id IN"
           " (SELECT p.conversation FROM pairings p WHERE ";
    std::vector<uuid> given;
    const auto require = [&](const auto& id, std::string_view condition) {
        if (!id)
            return;
        sql.append(given.empty() ? "" : " AND ").append(condition);
        takes += 'i';
        given.push_back(id->value);
    };
    require(filter.conversation, "p.conversation = :conversation");
    require(filter.bot, "p.bot = :bot");
    require(filter.client, "p.client = :client");
    sql += is_limited ? " AND p.bot IN (SELECT bot FROM visible))" : ")";

    auto& asked = on.prepared({sql, takes, "n"});
    give_visible(asked, filter.visible);
    for (const auto& id : given)
        asked.give(id);
    return asked.run_for_count();
}

bool is_conversation(const message_filter& filter)
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
    append_work made{registry_, pairings_, submissions, until};
    const transaction work{
        .carry_out = [&](session& on) { return made.carry_out(on); },
        .verify_commit = [&](session& on) { return made.verify_commit(on); },
    };
    const auto done = runner_.write(bots_lock::shared, until, work);
    const bool may_have_grown = done || done.error().code == errc::outcome_unknown;
    signals_.append_ended(may_have_grown ? made.grown() : std::vector<stream_id>{});
    if (!done)
        return {submissions.size(), done.error()};
    return made.answers();
}

result<std::vector<std::optional<message>>> sql_messages::find(
    std::span<const message_id> ids,
    deadline until
)
{
    std::vector<uuid> keys;
    keys.reserve(ids.size());
    for (const auto& id : ids)
        keys.push_back(id.value);

    std::unordered_map<message_id, message> known;
    const sql_text select{
        "SELECT " + message_columns() + " FROM messages",
        {},
        message_columns_give};
    const auto done = runner_.read(until, [&](session& on) {
        known.clear();
        on.select_by_ids(select, "id", keys, [&](const row& row) {
            auto read = message_in(row);
            known.insert_or_assign(read.id, std::move(read));
        });
    });
    if (!done)
        return done.error();

    std::vector<std::optional<message>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto place = known.find(id);
        found.push_back(place == known.end() ? std::nullopt : std::optional{place->second});
    }
    return found;
}

result<std::vector<std::uint64_t>> sql_messages::versions(
    std::span<const message_filter> filters,
    deadline until
)
{
    std::vector<uuid> asked;
    for (const auto& filter : filters) {
        if (is_conversation(filter))
            asked.push_back(filter.conversation->value);
    }

    std::vector<std::uint64_t> numbers;
    const auto done = runner_.read(until, [&](session& on) {
        numbers.clear();
        std::unordered_map<uuid, std::uint64_t> known;
        const auto keep = [&](const row& row) { known[row.id(0)] = row.count(1); };
        on.select_by_ids({"SELECT id, last_seq FROM conversations", {}, "in"}, "id", asked, keep);
        for (const auto& filter : filters) {
            numbers.push_back(
                is_conversation(filter) ? known[filter.conversation->value] : version_of(on, filter)
            );
        }
    });
    if (!done)
        return done.error();
    return numbers;
}

}  // namespace botapi::sql
