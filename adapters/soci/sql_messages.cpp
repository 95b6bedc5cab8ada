#include "adapters/soci/sql_messages.hpp"

#include "adapters/soci/append_work.hpp"
#include "adapters/soci/message_rows.hpp"

#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The number of one filter that is not just a conversation.
std::uint64_t version_of(session& on, const message_filter& filter)
{
    sql_text text{
        "SELECT CAST(coalesce(sum(c.last_seq), 0) AS bigint) FROM conversations c WHERE c.id IN"
        " (SELECT p.conversation FROM pairings p WHERE ",
        {},
        "n"};
    std::vector<uuid> given;
    const auto require = [&](const auto& id, std::string_view condition) {
        if (!id)
            return;
        text.sql.append(given.empty() ? "" : " AND ").append(condition);
        given.push_back(id->value);
    };
    require(filter.conversation, "p.conversation = :conversation");
    require(filter.bot, "p.bot = :bot");
    require(filter.client, "p.client = :client");
    text.sql += ')';
    constexpr std::string_view takes = "iii";
    text.takes = takes.substr(0, given.size());

    auto& asked = on.prepared(text);
    for (const auto& id : given)
        asked.give(id);
    std::uint64_t sum = 0;
    for (asked.run(); asked.next();)
        sum = asked.count(0);
    return sum;
}

bool is_conversation(const message_filter& filter)
{
    return filter.conversation && !filter.bot && !filter.client;
}

}  // namespace

std::vector<result<std::vector<appended>>> sql_messages::append(
    std::span<const submission> submissions,
    deadline until
)
{
    if (submissions.empty())
        return {};
    append_work made{registry_, submissions, until};
    const write_work work{
        .carry_out = [&](session& on) { return made.carry_out(on); },
        .find_out = [&](session& on) { return made.find_out(on); },
    };
    if (const auto done = engine_.write(bots_lock::shared, until, work); !done)
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
    const auto done = engine_.read(until, [&](session& on) {
        known.clear();
        on.look_up(select, "id", keys, [&](const row& row) {
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
    const auto done = engine_.read(until, [&](session& on) {
        numbers.clear();
        std::unordered_map<uuid, std::uint64_t> known;
        const auto keep = [&](const row& row) { known[row.id(0)] = row.count(1); };
        on.look_up({"SELECT id, last_seq FROM conversations", {}, "in"}, "id", asked, keep);
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
