#include "adapters/soci/messages/sql_messages.hpp"
#include "adapters/soci/rows/message_rows.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The part of a list to read: between two keys, both left out. Orders count from 1, so that the
/// key (instant, 0) is before all messages of that instant.
struct range {
    message_key low{instant::min(), 0};
    message_key high{instant::max(), std::numeric_limits<std::int64_t>::max()};
    bool descending = false;
};

range range_of(const message_query& query)
{
    const auto& from = query.from;
    range wanted;
    wanted.descending = (query.order == sort_order::descending) != (from && from->backwards);
    if (query.filter.since)
        wanted.low = {*query.filter.since, 0};
    if (query.filter.until)
        wanted.high = {*query.filter.until, 0};
    if (from && wanted.descending) {
        wanted.high = std::min(wanted.high, from->key);
    } else if (from) {
        wanted.low = std::max(wanted.low, from->key);
    }
    return wanted;
}

/// Makes the query for one page.
class page_query {
public:
    page_query(const sql_dialect& dialect, const message_query& wanted)
        : wanted_{wanted}, made_{dialect}
    {
        const auto& filter = wanted_.filter;
        made_.sql = "SELECT " + names_of(message_columns) + " FROM messages WHERE ";
        // One index has the list in order: no other is to be used.
        const bool by_conversation = filter.conversation.has_value();
        const bool by_client = !by_conversation && filter.client;
        const std::string bot = by_conversation || by_client ? unindexed("bot") : "bot";
        const std::string client = by_client ? "client" : unindexed("client");
        if (by_conversation)
            require("conversation = " + made_.bind(filter.conversation->value));
        if (filter.client)
            require(client + " = " + made_.bind(filter.client->value));
        if (filter.bot)
            require(bot + " = " + made_.bind(filter.bot->value));
        if (!filter.visible.is_all())
            require(unindexed("bot") + " IN (" + bind_all(filter.visible.ids()) + ")");
        bound_range(by_conversation ? "seq" : "arrival");
        if (filter.from)
            require_end(*filter.from, "1", "0");
        if (filter.to)
            require_end(*filter.to, "0", "1");
        if (filter.way)
            require("direction = " + made_.bind(*filter.way == direction::outbound ? 1 : 0));
        if (wanted_.seq_max)
            require(unindexed("seq") + " <= " + bind_count(*wanted_.seq_max));
        made_.sql += sorted_ + " LIMIT " + bind_count(wanted_.limit + 1);
        // Of a file rows are read one by one; a server sends all before the first can be read.
        if (wanted_.size_max && !dialect.is_file)
            bound_size(*wanted_.size_max);
    }

    [[nodiscard]] const query& get() const noexcept { return made_; }

private:
    [[nodiscard]] std::string unindexed(std::string_view column) const
    {
        return std::string{made_.dialect().no_index}.append(column);
    }

    void require(const std::string& condition)
    {
        made_.sql += is_first_ ? "" : " AND ";
        made_.sql += condition;
        is_first_ = false;
    }

    /// Bounds the list to the range of the page, and sorts it. `order` is the column that orders
    /// messages of the same instant.
    void bound_range(const std::string& order)
    {
        const auto part = range_of(wanted_);
        require("(instant, " + order + ") > " + bind_key(part.low));
        require("(instant, " + order + ") < " + bind_key(part.high));
        const std::string way = part.descending ? " DESC" : "";
        sorted_ = " ORDER BY instant" + way + ", " + order + way;
    }

    /// Requires that `who` is the sender or the receiver: a message of this direction has it as its
    /// bot, or one of that direction as its client.
    void require_end(const participant_id& who, const char* as_bot, const char* as_client)
    {
        const auto bot = made_.bind(who.value);
        const auto client = made_.bind(who.value);
        require(
            "((direction = " + std::string{as_bot} + " AND " + unindexed("bot") + " = " + bot +
            ") OR (direction = " + as_client + " AND " + unindexed("client") + " = " + client + "))"
        );
    }

    std::string bind_count(std::uint64_t count)
    {
        constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
        return made_.bind(static_cast<std::int64_t>(std::min(count, most)));
    }

    std::string bind_key(const message_key& key)
    {
        const auto at = made_.bind(std::int64_t{key.at.time_since_epoch().count()});
        return '(' + at + ", " + made_.bind(static_cast<std::int64_t>(key.order)) + ')';
    }

    std::string bind_all(const std::vector<bot_id>& ids)
    {
        std::string all;
        for (const auto& id : ids)
            all.append(all.empty() ? "" : ", ").append(made_.bind(id.value));
        return all;
    }

    /// Ends the page where its size is reached. One row more is let through, by which a page sees
    /// that it is not the last.
    void bound_size(std::size_t size_max)
    {
        made_.sql = "SELECT " + names_of(message_columns) +
                    " FROM (SELECT *, sum(octet_length(text) + coalesce(octet_length(metadata), 0))"
                    " OVER (" +
                    sorted_ +
                    " ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS reached"
                    " FROM (" +
                    made_.sql +
                    ") AS listed) AS sized"
                    " WHERE coalesce(reached, 0) < " +
                    bind_count(size_max) + sorted_;
    }

    const message_query& wanted_;
    query made_;
    std::string sorted_{};
    bool is_first_ = true;
};

}  // namespace

result<message_page> sql_messages::list(const message_query& wanted, const read_terms& terms)
{
    std::optional<message_page_builder> made;
    const auto done = runner_.read(terms, [&](session& on) {
        made.emplace(wanted);
        const page_query page{on.dialect(), wanted};
        on.select(page.get(), message_letters, [&](const row& row) {
            return made->take(message_in(row));
        });
    });
    if (!done)
        return done.error();
    return std::move(*made).page();
}

}  // namespace botapi::sql
