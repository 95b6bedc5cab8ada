#include "adapters/soci/streams/sql_streams.hpp"

#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"
#include "adapters/soci/streams/read_streams.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// SQLite guesses without knowing the data, so it is told which index has the stream in order.
constexpr std::string_view from_bot = " FROM messages INDEXED BY messages_stream_of_bot WHERE bot";
constexpr std::string_view from_conversation = " FROM messages WHERE conversation";

/// Not by the index of bots: the plus forbids it.
constexpr std::string_view is_seen = " AND +bot IN (SELECT bot FROM visible)";

struct stream_sql {
    explicit stream_sql(const stream_query& query)
        : is_bot{std::holds_alternative<bot_id>(query.stream)},
          id{std::visit([](const auto& one) { return one.value; }, query.stream)},
          visible{is_partial(query) ? query.visible : visible_bots{}}
    {
        if (!visible.is_all()) {
            const visible_sql seen{sql_of(dialect::sqlite), visible};
            with = seen.with;
            takes = seen.takes;
            where = is_seen;
        }
    }

    [[nodiscard]] stream_position end(session& on) const
    {
        std::string sql = "SELECT last_seq FROM conversations WHERE id = :id";
        if (is_bot) {
            sql = "SELECT arrival" + std::string{from_bot} + " = :id ORDER BY arrival DESC LIMIT 1";
        } else if (!visible.is_all()) {
            sql = with + "SELECT seq" + std::string{from_conversation} + " = :id" + where +
                  " ORDER BY seq DESC LIMIT 1";
        }
        auto& asked = on.prepared({sql, takes + "i", "n"});
        give_visible(asked, visible);
        return asked.give(id).run_for_count();
    }

    [[nodiscard]] std::vector<message> read(session& on, stream_position after, std::size_t most)
        const
    {
        const std::string order = is_bot ? "arrival" : "seq";
        auto& asked = on.prepared(
            {with + "SELECT " + names_of(message_columns) +
                 std::string{is_bot ? from_bot : from_conversation} + " = :id AND " + order +
                 " > :after" + where + " ORDER BY " + order + " LIMIT :most",
             takes + "inn",
             message_letters}
        );
        constexpr stream_position last = std::numeric_limits<std::int64_t>::max();
        std::vector<message> found;
        give_visible(asked, visible);
        asked.give(id).give(std::min(after, last)).give(static_cast<std::int64_t>(most));
        for (asked.run(); asked.next();)
            found.push_back(message_in(asked));
        return found;
    }

    bool is_bot;
    uuid id;
    visible_bots visible;
    std::string with{};
    std::string takes{};
    std::string where{};
};

result<stream_part> read_stream(session& on, const stream_query& query)
{
    const stream_sql stream{query};
    if (!query.after)
        return make_part(query, stream.end(on), {});
    auto found = stream.read(on, *query.after, query.limit + 1);
    if (found.empty() && *query.after > stream.end(on))
        return place_lost(query.stream);
    return make_part(query, *query.after, std::move(found));
}

}  // namespace

stream_parts read_streams_one_by_one(session& on, std::span<const stream_query> queries)
{
    stream_parts parts;
    parts.reserve(queries.size());
    for (const auto& query : queries)
        parts.push_back(read_stream(on, query));
    return parts;
}

stream_parts sql_streams::read(std::span<const stream_query> queries, const read_terms& terms)
{
    stream_parts parts;
    std::vector<stream_id> held_up;
    std::uint64_t appends_ended = 0;
    const auto done = runner_.read(terms, [&](session& on) {
        held_up.clear();
        appends_ended = signals_.appends_ended();
        parts = dialect_ == dialect::postgresql
                    ? read_streams_at_once(on, queries, horizon_, held_up)
                    : read_streams_one_by_one(on, queries);
    });
    if (!done)
        return {queries.size(), done.error()};
    if (!held_up.empty())
        signals_.held_up(held_up, appends_ended);
    return parts;
}

std::unique_ptr<stream_subscription> sql_streams::listen(listener told)
{
    return signals_.listen(std::move(told));
}

}  // namespace botapi::sql
