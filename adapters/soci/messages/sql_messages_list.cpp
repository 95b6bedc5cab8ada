#include "adapters/soci/messages/sql_messages.hpp"
#include "adapters/soci/rows/message_rows.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The range of a list to read: between two keys, both excluded. The `order` of a key counts from
/// 1, so that the key (instant, 0) precedes all messages of that instant.
struct range {
    message_key low{instant::min(), 0};
    message_key high{instant::max(), std::numeric_limits<std::int64_t>::max()};
    bool descending = false;
};

range range_of(const message_query& query)
{
    const auto& from = query.from;
    range range;
    range.descending = (query.order == sort_order::descending) != (from && from->backwards);
    if (query.filter.since)
        range.low = {*query.filter.since, 0};
    if (query.filter.until)
        range.high = {*query.filter.until, 0};
    if (from && range.descending) {
        range.high = std::min(range.high, from->key);
    } else if (from) {
        range.low = std::max(range.low, from->key);
    }
    return range;
}

std::vector<uuid> uuids_of(const visible_bots& visible)
{
    std::vector<uuid> ids;
    for (const auto& id : visible.ids())
        ids.push_back(id.value);
    return ids;
}

/// Builds the query for one page.
class page_query {
public:
    page_query(const sql_dialect& dialect, const message_query& request)
        : request_{request}, query_{dialect}
    {
        const auto& filter = request_.filter;
        query_.sql = "SELECT " + names_of(message_columns) + " FROM messages WHERE ";
        // One index has the order of the list. The planner must not use another one.
        const bool by_conversation = filter.conversation.has_value();
        const bool by_client = !by_conversation && filter.client;
        const std::string bot = by_conversation || by_client ? unindexed("bot") : "bot";
        const std::string client = by_client ? "client" : unindexed("client");
        if (by_conversation)
            require("conversation = " + query_.bind(filter.conversation->value));
        if (filter.client)
            require(client + " = " + query_.bind(filter.client->value));
        if (filter.bot)
            require(bot + " = " + query_.bind(filter.bot->value));
        if (!filter.visible.is_all())
            require(query_.bind_any(unindexed("bot"), uuids_of(filter.visible)));
        bound_range(by_conversation ? "seq" : "arrival");
        if (filter.from)
            require_end(*filter.from, "1", "0");
        if (filter.to)
            require_end(*filter.to, "0", "1");
        if (filter.way)
            require("direction = " + query_.bind(*filter.way == direction::outbound ? 1 : 0));
        if (request_.seq_max)
            require(unindexed("seq") + " <= " + bind_count(*request_.seq_max));
        query_.sql += sorted_ + " LIMIT " + bind_count(request_.limit + 1);
        // A file is read row by row. A server sends all rows before the first can be read.
        if (request_.size_max && !dialect.is_file)
            bound_size(*request_.size_max);
    }

    [[nodiscard]] const query& get() const noexcept { return query_; }

private:
    [[nodiscard]] std::string unindexed(std::string_view column) const
    {
        return std::string{query_.dialect().no_index}.append(column);
    }

    void require(const std::string& condition)
    {
        query_.sql += is_first_ ? "" : " AND ";
        query_.sql += condition;
        is_first_ = false;
    }

    /// Bounds the list to the range of the page, and sorts it. `order` is the column that orders
    /// messages of the same instant.
    void bound_range(const std::string& order)
    {
        const auto bounds = range_of(request_);
        require("(instant, " + order + ") > " + bind_key(bounds.low));
        require("(instant, " + order + ") < " + bind_key(bounds.high));
        const std::string way = bounds.descending ? " DESC" : "";
        sorted_ = " ORDER BY instant" + way + ", " + order + way;
    }

    /// Requires that `end` is the sender, or that it is the recipient. Then `end` is the bot of
    /// messages with the direction `as_bot`, or the client of messages with the direction
    /// `as_client`.
    void require_end(const participant_id& end, const char* as_bot, const char* as_client)
    {
        const auto bot = query_.bind(end.value);
        const auto client = query_.bind(end.value);
        require(
            "((direction = " + std::string{as_bot} + " AND " + unindexed("bot") + " = " + bot +
            ") OR (direction = " + as_client + " AND " + unindexed("client") + " = " + client + "))"
        );
    }

    std::string bind_count(std::uint64_t count)
    {
        constexpr std::uint64_t count_max = std::numeric_limits<std::int64_t>::max();
        return query_.bind(static_cast<std::int64_t>(std::min(count, count_max)));
    }

    std::string bind_key(const message_key& key)
    {
        const auto at = query_.bind(std::int64_t{key.at.time_since_epoch().count()});
        return '(' + at + ", " + query_.bind(static_cast<std::int64_t>(key.order)) + ')';
    }

    /// Ends the page when its size is reached. The query returns one more row, which shows that
    /// there is another page.
    void bound_size(std::size_t size_max)
    {
        query_.sql =
            "SELECT " + names_of(message_columns) +
            " FROM (SELECT *, sum(octet_length(text) + coalesce(octet_length(metadata), 0))"
            " OVER (" +
            sorted_ +
            " ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS reached"
            " FROM (" +
            query_.sql +
            ") AS listed) AS sized"
            " WHERE coalesce(reached, 0) < " +
            bind_count(size_max) + sorted_;
    }

    const message_query& request_;
    query query_;
    std::string sorted_{};
    bool is_first_ = true;
};

}  // namespace

result<message_page> sql_messages::list(const message_query& query, const read_terms& terms)
{
    std::optional<message_page_builder> page;
    const auto done = runner_.read(terms, [&](session& db) {
        page.emplace(query);
        const page_query selection{db.dialect(), query};
        db.select(selection.get(), message_letters, [&](const row& row) {
            return page->take(message_in(row));
        });
    });
    if (!done)
        return done.error();
    return std::move(*page).page();
}

}  // namespace botapi::sql
