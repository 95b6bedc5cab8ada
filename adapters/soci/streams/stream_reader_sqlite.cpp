#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/visible_sql.hpp"
#include "adapters/soci/streams/stream_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// Names the index that has the stream in order: without statistics, SQLite may choose another one.
constexpr std::string_view from_bot = " FROM messages INDEXED BY messages_stream_of_bot WHERE bot";
constexpr std::string_view from_conversation = " FROM messages WHERE conversation";

/// The plus prevents the use of the index of bots.
constexpr std::string_view is_seen = " AND +bot IN (SELECT bot FROM visible)";

struct stream_sql {
    stream_sql(const sql_dialect& dialect, const stream_query& query)
        : is_bot{std::holds_alternative<bot_id>(query.stream)},
          id{std::visit([](const auto& one) { return one.value; }, query.stream)},
          visible{is_partial(query) ? query.visible : visible_bots{}}
    {
        if (!visible.is_all()) {
            const visible_sql seen{dialect, visible};
            with = seen.with;
            parameters = seen.parameters;
            where = is_seen;
        }
    }

    /// The position behind the last message whose order is `order` at most.
    [[nodiscard]] std::optional<stream_position> last(session& db, std::uint64_t order) const
    {
        auto& reading = db.prepared(
            {with + "SELECT " + position_columns(by()) + from() + " = :id AND " + by() +
                 " <= :order" + where + " ORDER BY 1 DESC LIMIT 1",
             parameters + "in",
             position_columns_give}
        );
        std::optional<stream_position> found;
        bind_visible(db.dialect(), reading, visible);
        reading.bind(id).bind(std::min(order, order_max));
        for (reading.run(); reading.next();)
            found = position_in(reading);
        return found;
    }

    [[nodiscard]] std::vector<message> read(session& db, std::uint64_t after, std::size_t most)
        const
    {
        auto& reading = db.prepared(
            {with + "SELECT " + names_of(message_columns) + from() + " = :id AND " + by() +
                 " > :after" + where + " ORDER BY " + by() + " LIMIT :most",
             parameters + "inn",
             message_letters}
        );
        std::vector<message> found;
        bind_visible(db.dialect(), reading, visible);
        reading.bind(id).bind(std::min(after, order_max)).bind(static_cast<std::int64_t>(most));
        for (reading.run(); reading.next();)
            found.push_back(message_in(reading));
        return found;
    }

    [[nodiscard]] std::string by() const { return is_bot ? "arrival" : "seq"; }
    [[nodiscard]] std::string from() const
    {
        return std::string{is_bot ? from_bot : from_conversation};
    }

    bool is_bot;
    uuid id;
    visible_bots visible;
    std::string with{};
    std::string parameters{};
    std::string where{};
};

result<stream_part> read_stream(session& db, const stream_query& query)
{
    const stream_sql stream{db.dialect(), query};
    if (!query.after)
        return make_part(query, stream.last(db, order_max).value_or(stream_start), {});
    auto found = stream.read(db, query.after->order(), query.limit + 1);
    position_facts facts{.has_later = !found.empty()};
    if (!query.after->is_start())
        facts.last = stream.last(db, query.after->order());
    const auto confirmed = confirm_position(*query.after, facts);
    if (!confirmed)
        return confirmed.error();
    return make_part(query, *confirmed, std::move(found));
}

/// Reads one stream after the other. SQLite has one writer at a time, so messages become visible in
/// the order of their arrivals, and no stream is ever held up.
class stream_reader_sqlite final : public stream_reader {
public:
    stream_parts read(
        session& db,
        std::span<const stream_query> queries,
        std::vector<stream_id>& /*held_up*/
    ) override
    {
        stream_parts parts;
        parts.reserve(queries.size());
        for (const auto& query : queries)
            parts.push_back(read_stream(db, query));
        return parts;
    }

    // A file has no copies: everything that can be read is before its position.

    stream_view look(session& db) override
    {
        return {.horizon = order_max, .position = db.look_up_position()};
    }

    stream_parts read_copy(
        session& db,
        std::span<const stream_query> queries,
        const stream_view& /*seen*/,
        std::vector<stream_id>& held_up
    ) override
    {
        return read(db, queries, held_up);
    }
};

}  // namespace

std::unique_ptr<stream_reader> make_stream_reader_sqlite()
{
    return std::make_unique<stream_reader_sqlite>();
}

}  // namespace botapi::sql
