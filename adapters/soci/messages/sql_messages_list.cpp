#include "adapters/soci/driver/postgresql/binary_array.hpp"
#include "adapters/soci/messages/sql_messages.hpp"
#include "adapters/soci/rows/message_rows.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The part of a list to read: between two places, both left out. Orders count from 1, so that the
/// place (instant, 0) is before all messages of that instant.
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

/// A statement for one page, and what goes into it. What is asked decides the text, and never the
/// values.
class page_statement {
public:
    page_statement(dialect dialect, const message_query& query) : dialect_{dialect}
    {
        const auto& filter = query.filter;
        const auto wanted = range_of(query);
        sql_ = "SELECT " + message_columns() + " FROM messages WHERE ";

        // One index has the list in order. SQLite guesses without knowing the data, so it is told
        // by a plus sign to use no other.
        const bool by_conversation = filter.conversation.has_value();
        const bool by_client = !by_conversation && filter.client;
        const std::string other = dialect == dialect::sqlite ? "+" : "";
        const std::string bot = by_conversation || by_client ? other + "bot" : "bot";
        const std::string client = by_client ? "client" : other + "client";
        const std::string order = by_conversation ? "seq" : "arrival";
        if (by_conversation)
            require("conversation = " + place(filter.conversation->value));
        if (filter.client)
            require(client + " = " + place(filter.client->value));
        if (filter.bot)
            require(bot + " = " + place(filter.bot->value));
        if (!filter.visible.is_all())
            require(other + "bot IN (" + places(filter.visible.ids()) + ")");
        require("(instant, " + order + ") > " + place(wanted.low));
        require("(instant, " + order + ") < " + place(wanted.high));

        const auto end = [&](const participant_id& who, const char* as_bot, const char* as_client) {
            const auto is_bot = place(who.value);
            const auto is_client = place(who.value);
            require(
                "((direction = " + std::string{as_bot} + " AND " + other + "bot = " + is_bot +
                ") OR (direction = " + as_client + " AND " + other + "client = " + is_client + "))"
            );
        };
        if (filter.from)
            end(*filter.from, "1", "0");
        if (filter.to)
            end(*filter.to, "0", "1");
        if (filter.way)
            require("direction = " + place(*filter.way == direction::outbound ? 1 : 0));
        if (query.seq_max) {
            constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
            const auto seq_max = static_cast<std::int64_t>(std::min(*query.seq_max, most));
            require(other + "seq <= " + place(seq_max));
        }
        const std::string way = wanted.descending ? " DESC" : "";
        const std::string sorted = " ORDER BY instant" + way + ", " + order + way;
        sql_ += sorted + " LIMIT " + place(static_cast<std::int64_t>(query.limit + 1));
        if (query.size_max && dialect == dialect::postgresql)
            bound_size(static_cast<std::int64_t>(*query.size_max), sorted);
    }

    /// Reads the messages, in the statement's order.
    void run(session& on, message_page_builder& made) const
    {
        if (on.is_postgresql())
            run_postgresql(on, made);
        else
            run_sqlite(on, made);
    }

private:
    using value = std::variant<uuid, std::int64_t>;

    void require(const std::string& condition)
    {
        sql_ += is_first_ ? "" : " AND ";
        sql_ += condition;
        is_first_ = false;
    }

    /// Notes a value, and says how it stands in the text.
    std::string place(value given)
    {
        given_.push_back(given);
        const auto number = std::to_string(given_.size());
        if (dialect_ == dialect::sqlite)
            return ":p" + number;
        return '$' + number + (std::holds_alternative<uuid>(given) ? "::uuid" : "::bigint");
    }

    std::string places(const std::vector<bot_id>& ids)
    {
        std::string text;
        for (const auto& id : ids)
            text.append(text.empty() ? "" : ", ").append(place(id.value));
        return text;
    }

    std::string place(const message_key& key)
    {
        const auto at = place(std::int64_t{key.at.time_since_epoch().count()});
        return '(' + at + ", " + place(static_cast<std::int64_t>(key.order)) + ')';
    }

    /// Lets the rows of a page end where its size is reached. One more is let through, by which a
    /// page sees that it is not the last.
    ///
    /// PostgreSQL sends all rows before the first can be read; of SQLite they are read one by one.
    void bound_size(std::int64_t size_max, const std::string& sorted)
    {
        sql_ = "SELECT " + message_columns() +
               " FROM (SELECT *, sum(octet_length(text) + coalesce(octet_length(metadata), 0))"
               " OVER (" +
               sorted +
               " ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS reached"
               " FROM (" +
               sql_ +
               ") AS listed) AS sized"
               " WHERE coalesce(reached, 0) < " +
               place(size_max) + sorted;
    }

    void run_sqlite(session& on, message_page_builder& made) const
    {
        std::string takes;
        for (const auto& one : given_)
            takes += std::holds_alternative<uuid>(one) ? 'i' : 'n';
        auto& asked = on.prepared({sql_, takes, message_columns_give});
        for (const auto& one : given_)
            std::visit([&](const auto& known) { asked.give(known); }, one);
        asked.run();
        while (asked.next()) {
            if (made.take(message_in(asked)))
                continue;
            asked.finish();
            break;
        }
    }

    void run_postgresql(session& on, message_page_builder& made) const
    {
        std::vector<std::string> parameters;
        for (const auto& one : given_)
            parameters.push_back(std::visit([](const auto& known) { return in_binary(known); }, one)
            );
        const auto rows = on.run_binary(sql_, {parameters.begin(), parameters.end()});
        for (std::size_t number = 0; number < rows.size(); ++number)
            made.take(message_in(binary_row{rows, number}));
    }

    dialect dialect_;
    std::string sql_;
    std::vector<value> given_;
    bool is_first_ = true;
};

}  // namespace

result<message_page> sql_messages::list(const message_query& query, deadline until)
{
    std::optional<message_page_builder> made;
    const auto done = runner_.read(until, [&](session& on) {
        page_statement{on.dialect(), query}.run(on, made.emplace(query));
    });
    if (!done)
        return done.error();
    return std::move(*made).page();
}

}  // namespace botapi::sql
