#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/bots/bot_fence/stream_horizon.hpp"
#include "adapters/soci/driver/postgresql/binary_array.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"
#include "adapters/soci/streams/stream_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// Reads the last assigned arrival first, then the running appends: see `horizon_look`.
constexpr const char* select_last =
    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM messages_arrival_seq";

/// A statement that returns at least one row for each stream. A row has the columns of the last
/// message up to `after`, and a message after it. `seen` is the condition that a message is
/// visible.
std::string select_parts(
    std::string_view column,
    std::string_view order,
    std::string_view seen = ""
)
{
    const std::string by{order};
    const auto from = " FROM messages WHERE " + std::string{column} + " = q.stream AND " + by;
    const std::string rest{seen};
    return "SELECT q.number, e.position, e.id, e.seq, e.instant, " +
           names_of(message_columns, "m.") +
           " FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[])"
           " WITH ORDINALITY AS q (stream, after, most, bots, number) LEFT JOIN LATERAL (SELECT " +
           position_columns(order) + from + " <= q.after" + rest +
           " ORDER BY 1 DESC LIMIT 1) AS e (position, id, seq, instant) ON true"
           " LEFT JOIN LATERAL (SELECT *" +
           from + " > q.after" + rest + " ORDER BY " + by + " LIMIT q.most) AS m ON true";
}

const std::string& select_of_conversations()
{
    static const std::string sql = select_parts("conversation", "seq");
    return sql;
}

const std::string& select_of_bots()
{
    static const std::string sql = select_parts("bot", "arrival");
    return sql;
}

const std::string& select_of_partial_conversations()
{
    static const std::string sql =
        select_parts("conversation", "seq", " AND bot = ANY (CAST(q.bots AS uuid[]))");
    return sql;
}

uuid id_of(const stream_id& stream)
{
    return std::visit([](const auto& id) { return id.value; }, stream);
}

/// The queries of one kind of stream, and their results.
class part_reader {
public:
    explicit part_reader(const std::string& sql) : sql_{sql} {}

    /// Adds a query. A query for the end of a stream gets the last message up to `end`.
    void add(const stream_query& query, std::size_t number, std::uint64_t end = order_max)
    {
        const auto after = query.after ? std::min(query.after->order(), order_max) : end;
        streams_.add(id_of(query.stream));
        after_.add(static_cast<std::int64_t>(after));
        most_.add(query.after ? static_cast<std::int64_t>(query.limit + 1) : 0);
        bots_.add(array_of(query.visible));
        queries_.push_back({query, number});
    }

    [[nodiscard]] bool is_empty() const noexcept { return queries_.empty(); }

    [[nodiscard]] binary_query query() const
    {
        return {sql_, {streams_.bytes(), after_.bytes(), most_.bytes(), bots_.bytes()}};
    }

    /// Writes each answer to the index of its query. Leaves out messages after `horizon`, and adds
    /// their streams to `held_up`.
    void answer(
        const binary_rows& rows,
        std::uint64_t horizon,
        stream_parts& answers,
        std::vector<stream_id>& held_up
    ) const
    {
        std::vector<std::vector<message>> found(queries_.size());
        std::vector<std::optional<stream_position>> last(queries_.size());
        for (std::size_t number = 0; number < rows.size(); ++number) {
            const binary_row row{rows, number};
            const auto at = row.count(0) - 1;
            if (!row.is_null(1) && !last.at(at))
                last.at(at) = position_in(row, 1);
            if (!row.is_null(message_at))
                found.at(at).push_back(message_in(row, message_at));
        }
        for (std::size_t at = 0; at < queries_.size(); ++at) {
            const auto& [query, number] = queries_[at];
            const auto is_late = [&, &stream = query.stream](const message& one) {
                return order_in(stream, one) > horizon;
            };
            const bool ends_late = !query.after && last[at] && last[at]->order() > horizon;
            if (ends_late || std::ranges::any_of(found[at], is_late))
                held_up.push_back(query.stream);
            answers[number] = part(query, last[at], horizon, std::move(found[at]));
        }
    }

private:
    static constexpr std::size_t message_at = 5;  ///< The first column of a message.

    struct numbered_query {
        const stream_query& query;
        std::size_t number;
    };

    static result<stream_part> part(
        const stream_query& query,
        const std::optional<stream_position>& last,
        std::uint64_t horizon,
        std::vector<message> found
    )
    {
        if (!query.after)
            return make_part(query, last.value_or(stream_start), {});
        const auto confirmed =
            confirm_position(*query.after, {.last = last, .has_later = !found.empty()});
        if (!confirmed)
            return confirmed.error();
        const auto order_of = [&](const message& one) { return order_in(query.stream, one); };
        std::ranges::sort(found, {}, order_of);
        found.erase(std::ranges::upper_bound(found, horizon, {}, order_of), found.end());
        return make_part(query, *confirmed, std::move(found));
    }

    const std::string& sql_;
    binary_array streams_{binary_array::element::uuid};
    binary_array after_{binary_array::element::int8};
    binary_array most_{binary_array::element::int8};
    binary_array bots_{binary_array::element::text};
    std::vector<numbered_query> queries_;
};

horizon_look look_in(const session& db, const binary_rows& last, const binary_rows& writers)
{
    horizon_look seen{.session = db.number(), .last = binary_row{last, 0}.count(0)};
    for (std::size_t number = 0; number < writers.size(); ++number)
        seen.writers.emplace_back(binary_row{writers, number}.text(0));
    return seen;
}

/// Reads the ends of bots' streams again that were found after the horizon: each ends with its last
/// message up to the horizon. The horizon is known only now, so this takes another round trip.
void read_ends_again(
    session& db,
    std::span<const stream_query> queries,
    std::uint64_t horizon,
    stream_parts& answers
)
{
    part_reader again{select_of_bots()};
    for (std::size_t number = 0; number < queries.size(); ++number) {
        const auto& query = queries[number];
        const bool is_end_of_bot = std::holds_alternative<bot_id>(query.stream) && !query.after;
        if (is_end_of_bot && answers[number]->reached.order() > horizon)
            again.add(query, number, horizon);
    }
    if (again.is_empty())
        return;
    std::vector<stream_id> none;
    const std::array<binary_query, 1> one{again.query()};
    again.answer(session_postgresql::of(db).run_binary(one).at(0), horizon, answers, none);
}

/// The queries of all kinds of streams, and their results.
class all_readers {
public:
    explicit all_readers(std::span<const stream_query> queries) : queries_{queries}
    {
        for (std::size_t number = 0; number < queries.size(); ++number) {
            const auto& query = queries[number];
            auto& of_whole = std::holds_alternative<bot_id>(query.stream) ? of_bots_
                                                                          : of_conversations_;
            (is_partial(query) ? of_partial_conversations_ : of_whole).add(query, number);
        }
    }

    [[nodiscard]] bool has_bots() const noexcept { return !of_bots_.is_empty(); }

    /// Adds the statements to those to send.
    void send(std::vector<binary_query>& sent) const
    {
        for (const auto* const reader : all()) {
            if (!reader->is_empty())
                sent.push_back(reader->query());
        }
    }

    /// The parts from the answers to the statements, which begin at `next`.
    stream_parts answer(
        session& db,
        std::vector<binary_rows>::const_iterator next,
        std::uint64_t horizon,
        std::vector<stream_id>& held_up
    ) const
    {
        stream_parts answers(queries_.size(), stream_part{});
        for (const auto* const reader : all()) {
            if (!reader->is_empty())
                reader
                    ->answer(*next++, reader == &of_bots_ ? horizon : order_max, answers, held_up);
        }
        if (has_bots())
            read_ends_again(db, queries_, horizon, answers);
        return answers;
    }

private:
    [[nodiscard]] std::array<const part_reader*, 3> all() const noexcept
    {
        return {&of_bots_, &of_conversations_, &of_partial_conversations_};
    }

    std::span<const stream_query> queries_;
    part_reader of_bots_{select_of_bots()};
    part_reader of_conversations_{select_of_conversations()};
    part_reader of_partial_conversations_{select_of_partial_conversations()};
};

/// Reads all streams in one round trip. It reads the streams of bots up to the horizon.
class stream_reader_postgresql final : public stream_reader {
public:
    // The statements of one round trip are one transaction. Under READ COMMITTED each statement
    // sees what was committed before it began. So the bots' messages are read after the look.
    stream_parts read(
        session& db,
        std::span<const stream_query> queries,
        std::vector<stream_id>& held_up
    ) override
    {
        const all_readers readers{queries};
        std::vector<binary_query> sent;
        if (readers.has_bots())
            send_look(sent);
        const auto look_size = static_cast<std::ptrdiff_t>(sent.size());
        readers.send(sent);

        const auto before = horizon_.recall();
        const auto rows = session_postgresql::of(db).run_binary(sent);
        const auto horizon = readers.has_bots() ? learn(before, db, rows) : order_max;
        return readers.answer(db, rows.begin() + look_size, horizon, held_up);
    }

    // The position comes last: what was visible at the look is before it.
    stream_view look(session& db) override
    {
        std::vector<binary_query> sent;
        send_look(sent);
        const auto before = horizon_.recall();
        const auto rows = session_postgresql::of(db).run_binary(sent);
        const auto horizon = learn(before, db, rows);
        return {.horizon = horizon, .position = db.look_up_position()};
    }

    stream_parts read_copy(
        session& db,
        std::span<const stream_query> queries,
        const stream_view& seen,
        std::vector<stream_id>& held_up
    ) override
    {
        const all_readers readers{queries};
        std::vector<binary_query> sent;
        readers.send(sent);
        const auto rows = session_postgresql::of(db).run_binary(sent);
        return readers.answer(db, rows.begin(), seen.horizon, held_up);
    }

private:
    static void send_look(std::vector<binary_query>& sent)
    {
        sent.push_back({select_last, {}});
        sent.push_back({std::string{select_writers}, {}});
    }

    /// The horizon after a look, whose answers are the first of `rows`.
    std::uint64_t learn(
        const stream_horizon& before,
        const session& db,
        const std::vector<binary_rows>& rows
    )
    {
        const auto now = before.after(look_in(db, rows.at(0), rows.at(1)));
        horizon_.learn(now);
        return now.safe();
    }

    horizon_memory horizon_;
};

}  // namespace

std::unique_ptr<stream_reader> make_stream_reader_postgresql()
{
    return std::make_unique<stream_reader_postgresql>();
}

}  // namespace botapi::sql
