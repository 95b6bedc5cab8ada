#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/driver/postgresql/binary_array.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/streams/read_streams.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

constexpr stream_position last_place = std::numeric_limits<std::int64_t>::max();

/// First what was given out, then who is under way: see `horizon_look`.
constexpr const char* select_last =
    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM messages_arrival_seq";

/// What there is of some streams, and where each ends: at least one row for each. `seen` is the
/// condition of what may be seen.
std::string select_parts(
    std::string_view column,
    std::string_view order,
    std::string_view end,
    std::string_view seen = ""
)
{
    const std::string by{order};
    return "SELECT q.place, e.place, " + names_of(message_columns, "m.") +
           " FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[])"
           " WITH ORDINALITY AS q (stream, after, most, bots, place) LEFT JOIN LATERAL (" +
           std::string{end} + std::string{seen} + " ORDER BY 1 DESC LIMIT 1" +
           ") AS e (place) ON true LEFT JOIN LATERAL (SELECT * FROM messages WHERE " +
           std::string{column} + " = q.stream AND " + by + " > q.after" + std::string{seen} +
           " ORDER BY " + by + " LIMIT q.most) AS m ON true";
}

const std::string& select_of_conversations()
{
    static const std::string sql = select_parts(
        "conversation",
        "seq",
        "SELECT last_seq FROM conversations WHERE id = q.stream"
    );
    return sql;
}

const std::string& select_of_bots()
{
    static const std::string sql =
        select_parts("bot", "arrival", "SELECT arrival FROM messages WHERE bot = q.stream");
    return sql;
}

const std::string& select_of_partial_conversations()
{
    static const std::string sql = select_parts(
        "conversation",
        "seq",
        "SELECT seq FROM messages WHERE conversation = q.stream",
        " AND bot = ANY (CAST(q.bots AS uuid[]))"
    );
    return sql;
}

/// As PostgreSQL writes an array.
std::string text_of(const visible_bots& visible)
{
    std::string text = "{";
    for (const auto& id : visible.ids()) {
        text.append(text.size() > 1 ? "," : "");
        id.append_to(text);
    }
    return text + '}';
}

uuid id_of(const stream_id& stream)
{
    return std::visit([](const auto& id) { return id.value; }, stream);
}

/// The queries of one kind of stream, and what was found.
class part_reader {
public:
    explicit part_reader(const std::string& sql) : sql_{sql} {}

    void add(const stream_query& query, std::size_t number)
    {
        streams_.add(id_of(query.stream));
        // Who wants to know the end only wants no messages.
        after_.add(static_cast<std::int64_t>(std::min(query.after.value_or(last_place), last_place))
        );
        most_.add(static_cast<std::int64_t>(query.limit + 1));
        bots_.add(text_of(query.visible));
        asked_.push_back({query, number});
    }

    [[nodiscard]] bool is_empty() const noexcept { return asked_.empty(); }

    [[nodiscard]] binary_query query() const
    {
        return {sql_, {streams_.bytes(), after_.bytes(), most_.bytes(), bots_.bytes()}};
    }

    /// Puts the answers to their places. What stands after `horizon` is not there yet: adds the
    /// streams that have some of it to `held_up`.
    void answer(
        const binary_rows& rows,
        stream_position horizon,
        stream_parts& answers,
        std::vector<stream_id>& held_up
    ) const
    {
        std::vector<std::vector<message>> found(asked_.size());
        std::vector<stream_position> ends(asked_.size());
        for (std::size_t number = 0; number < rows.size(); ++number) {
            const binary_row row{rows, number};
            const auto at = row.count(0) - 1;
            ends.at(at) = row.is_null(1) ? 0 : row.count(1);
            if (!row.is_null(2))
                found.at(at).push_back(message_in(row, 2));
        }
        for (std::size_t at = 0; at < asked_.size(); ++at) {
            const auto& [query, number] = asked_[at];
            if (ends[at] > horizon)
                held_up.push_back(query.stream);
            answers[number] = part(query, ends[at], horizon, std::move(found[at]));
        }
    }

private:
    struct asked {
        const stream_query& query;
        std::size_t number;
    };

    static result<stream_part> part(
        const stream_query& query,
        stream_position end,
        stream_position horizon,
        std::vector<message> found
    )
    {
        const auto after = query.after.value_or(std::min(end, horizon));
        if (after > end)
            return place_lost(query.stream);
        const auto place_of = [&](const message& one) { return position_in(query.stream, one); };
        std::ranges::sort(found, {}, place_of);
        found.erase(std::ranges::upper_bound(found, horizon, {}, place_of), found.end());
        return make_part(query, after, std::move(found));
    }

    const std::string& sql_;
    binary_array streams_{binary_array::element::uuid};
    binary_array after_{binary_array::element::int8};
    binary_array most_{binary_array::element::int8};
    binary_array bots_{binary_array::element::text};
    std::vector<asked> asked_;
};

horizon_look look_in(const session& on, const binary_rows& last, const binary_rows& writers)
{
    horizon_look seen{.session = on.number(), .last = binary_row{last, 0}.count(0)};
    for (std::size_t number = 0; number < writers.size(); ++number)
        seen.writers.emplace_back(binary_row{writers, number}.text(0));
    return seen;
}

}  // namespace

// What is sent together is one transaction, but under READ COMMITTED each statement sees what was
// committed before it began. So the bots' messages are read after the look.
stream_parts read_streams_at_once(
    session& on,
    std::span<const stream_query> queries,
    horizon_memory& horizon,
    std::vector<stream_id>& held_up
)
{
    part_reader of_conversations{select_of_conversations()};
    part_reader of_partial_conversations{select_of_partial_conversations()};
    part_reader of_bots{select_of_bots()};
    for (std::size_t number = 0; number < queries.size(); ++number) {
        const auto& query = queries[number];
        auto& of_whole = std::holds_alternative<bot_id>(query.stream) ? of_bots : of_conversations;
        (is_partial(query) ? of_partial_conversations : of_whole).add(query, number);
    }
    std::vector<binary_query> sent;
    if (!of_bots.is_empty()) {
        sent.push_back({select_last, {}});
        sent.push_back({std::string{select_writers}, {}});
        sent.push_back(of_bots.query());
    }
    for (const auto* const reader : {&of_conversations, &of_partial_conversations}) {
        if (!reader->is_empty())
            sent.push_back(reader->query());
    }

    const auto before = horizon.recall();
    const auto rows = session_postgresql::of(on).run_binary(sent);
    stream_parts answers(queries.size(), stream_part{});
    if (!of_bots.is_empty()) {
        const auto now = before.after(look_in(on, rows.at(0), rows.at(1)));
        horizon.learn(now);
        of_bots.answer(rows.at(2), now.safe(), answers, held_up);
    }
    auto next = rows.begin() + (of_bots.is_empty() ? 0 : 3);
    for (const auto* const reader : {&of_conversations, &of_partial_conversations}) {
        if (!reader->is_empty())
            reader->answer(*next++, last_place, answers, held_up);
    }
    return answers;
}

}  // namespace botapi::sql
