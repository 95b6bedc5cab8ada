#include "adapters/soci/message_rows.hpp"
#include "adapters/soci/sql_messages.hpp"

#include <algorithm>
#include <limits>
#include <string>
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
    page_statement(dialect dialect, const message_query& query)
    {
        const auto& filter = query.filter;
        text_.sql = "SELECT " + message_columns() + " FROM messages WHERE ";

        // One index has the list in order. SQLite guesses without knowing the data, so it is told
        // by a plus sign to use no other.
        const bool by_conversation = filter.conversation.has_value();
        const bool by_client = !by_conversation && filter.client;
        const std::string other = dialect == dialect::sqlite ? "+" : "";
        const std::string bot = by_conversation || by_client ? other + "bot" : "bot";
        const std::string client = by_client ? "client" : other + "client";
        if (by_conversation)
            require("conversation = :conversation", filter.conversation->value);
        if (filter.client)
            require(client + " = :client", filter.client->value);
        if (filter.bot)
            require(bot + " = :bot", filter.bot->value);
        require_range(by_conversation ? "seq" : "arrival", range_of(query));

        const auto end = [&](const participant_id& who, int as_bot, const std::string& name) {
            require(
                "((direction = " + std::to_string(as_bot) + " AND " + other + "bot = :" + name +
                    "_bot)",
                who.value
            );
            text_.sql += " OR (direction = " + std::to_string(1 - as_bot);
            require(other + "client = :" + name + "_client))", who.value);
        };
        if (filter.from)
            end(*filter.from, 1, "from");
        if (filter.to)
            end(*filter.to, 0, "to");
        if (filter.way)
            require("direction = :way", std::int64_t{*filter.way == direction::outbound ? 1 : 0});
        if (query.seq_max) {
            constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
            const auto seq_max = static_cast<std::int64_t>(std::min(*query.seq_max, most));
            require(other + "seq <= :seq_max", seq_max);
        }
        finish(by_conversation ? "seq" : "arrival", range_of(query).descending, query.limit);
    }

    statement& run(session& on)
    {
        text_.takes = takes_;
        auto& asked = on.prepared(text_);
        for (const auto& one : given_)
            std::visit([&](const auto& known) { asked.give(known); }, one);
        return asked.run();
    }

private:
    using value = std::variant<uuid, std::int64_t>;

    void require(const std::string& condition, value given)
    {
        if (!given_.empty())
            text_.sql += " AND ";
        text_.sql += condition;
        give(given);
    }

    void give(value given)
    {
        takes_ += std::holds_alternative<uuid>(given) ? 'i' : 'n';
        given_.push_back(given);
    }

    void require_range(const std::string& order, const range& wanted)
    {
        const auto place = [&](const char* sign, const std::string& name, const message_key& key) {
            text_.sql += " AND (instant, " + order + ") " + sign + " (:" + name + ", :" + name +
                         "_order)";
            give(std::int64_t{key.at.time_since_epoch().count()});
            give(static_cast<std::int64_t>(key.order));
        };
        place(">", "low", wanted.low);
        place("<", "high", wanted.high);
    }

    void finish(const std::string& order, bool descending, std::size_t limit)
    {
        const std::string way = descending ? " DESC" : "";
        text_.sql += " ORDER BY instant" + way + ", " + order + way + " LIMIT :limit";
        give(static_cast<std::int64_t>(limit + 1));
        text_.gives = message_columns_give;
    }

    sql_text text_{};
    std::string takes_;
    std::vector<value> given_;
};

}  // namespace

result<message_page> sql_messages::list(const message_query& query, deadline until)
{
    std::vector<message> found;
    const auto done = engine_.read(until, [&](session& on) {
        found.clear();
        page_statement page{on.dialect(), query};
        for (auto& row = page.run(on); row.next();)
            found.push_back(message_in(row));
    });
    if (!done)
        return done.error();
    const auto key_of = [&](const message& one) { return key_in(query.filter, one); };
    return make_page(std::move(found), query.limit, query.from, key_of);
}

}  // namespace botapi::sql
