#include "adapters/soci/messages/append_statement_postgresql.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::sql {

namespace {

/// Rows that a statement has as parameters: an array for each column. For a single row the
/// parameters are its values, so that the statement need not read and join a table.
class parameter_rows {
public:
    /// `parameter_count` is the number of parameters that the statement has so far. The constructor
    /// increases it.
    parameter_rows(
        std::string name,
        std::span<const column> columns,
        bool is_one,
        std::size_t& parameter_count
    )
        : name_{std::move(name)}
    {
        std::string parameters;
        std::string names;
        for (const auto& [column, type] : columns) {
            auto parameter = "$" + std::to_string(++parameter_count) +
                             "::" + std::string{name_of(type)};
            if (is_one) {
                values_.push_back(std::move(parameter));
                continue;
            }
            values_.push_back(name_ + "." + std::string{column});
            (parameters += parameters.empty() ? "" : ", ") += parameter + "[]";
            (names += column) += ", ";
        }
        if (!is_one) {
            table_ = "unnest(" + parameters + ") WITH ORDINALITY AS " + name_ + " (" + names +
                     "row_number)";
        }
    }

    /// The columns from `first` on, separated by commas.
    [[nodiscard]] std::string columns(std::size_t first = 0) const
    {
        std::string all;
        for (std::size_t index = first; index < values_.size(); ++index)
            (all += all.empty() ? "" : ", ") += values_[index];
        return all;
    }

    [[nodiscard]] const std::string& column(std::size_t number) const { return values_[number]; }

    [[nodiscard]] std::string from() const { return table_.empty() ? "" : " FROM " + table_; }

    /// Joins each row with its conversation in `grown`.
    [[nodiscard]] std::string from_grown() const
    {
        return table_.empty() ? " FROM grown"
                              : from() + " JOIN grown ON grown.id = " + name_ + ".conversation";
    }

private:
    std::string name_;
    std::string table_{};  ///< Empty for a single row.
    std::vector<std::string> values_{};
};

/// The INSERT of the messages, without its RETURNING.
///
/// A transaction that inserts an id waits for another transaction that has inserted the same id.
/// Two transactions could wait for each other. So ids that other transactions may insert, too, are
/// inserted in the order of the ids. The arrivals still follow the order of the rows.
std::string insert_messages(const parameter_rows& messages, const append_parts& parts)
{
    const auto into = " INSERT INTO messages (seq, " + names_of(appended_columns);
    const auto values = "grown.last_seq - " + messages.column(0) + ", " + messages.columns(1);
    const auto from = messages.from_grown();
    if (parts.is_one_row)
        return into + ") SELECT " + values + from;
    const std::string in_order = " ORDER BY m.row_number";
    if (!parts.has_shared_ids)
        return into + ") SELECT " + values + from + in_order;
    return into + ", arrival) OVERRIDING SYSTEM VALUE SELECT * FROM (SELECT " + values +
           ", nextval('messages_arrival_seq')" + from + in_order + ") AS numbered (seq, " +
           names_of(appended_columns) + ", arrival) ORDER BY id";
}

// The parts of the statement see each other's rows only through RETURNING. The foreign keys are
// checked at the end, when all rows are stored.
std::string statement_with(const append_parts& parts)
{
    std::size_t parameter_count = 1;
    const auto next = [&](std::string name, std::span<const column> columns) {
        return parameter_rows{std::move(name), columns, parts.is_one_row, parameter_count};
    };
    const auto conversations = next("g", growth_columns);

    std::string sql =
        "WITH grown AS ("
        " INSERT INTO conversations AS c (id, shard, last_seq)"
        " SELECT " +
        conversations.columns() + conversations.from() +
        " WHERE $1::bigint IS NULL"
        " OR " +
        std::string{registry_is_unchanged} +
        " ON CONFLICT (id) DO UPDATE SET last_seq = c.last_seq + excluded.last_seq"
        " RETURNING id, shard, last_seq)";
    if (parts.has_pairings) {
        const auto pairings = next("p", pairing_columns);
        sql +=
            ", paired AS ("
            " INSERT INTO pairings (conversation, bot, client, shard) SELECT " +
            pairings.columns() + ", grown.shard" + pairings.from_grown() +
            " ON CONFLICT DO NOTHING)";
    }
    if (parts.has_receipts) {
        const auto receipts = next("r", receipt_columns);
        sql +=
            ", noted AS ("
            " INSERT INTO receipts (key, digest, seed) SELECT " +
            receipts.columns() + receipts.from() + ")";
    }
    const auto messages = next("m", numbered_message_columns);
    const std::string store = insert_messages(messages, parts) + " RETURNING id, seq, arrival";
    if (!parts.has_webhooks)
        return sql + store;
    return sql + ", stored AS (" + store +
           ", conversation, shard, bot, direction"
           "), queued AS ("
           " INSERT INTO webhook_deliveries (webhook, state, conversation, shard, arrival, message)"
           " SELECT w.id, 0, s.conversation, s.shard, s.arrival, s.id FROM stored s JOIN webhooks w"
           " ON w.bot = s.bot AND w.state = 1 AND ((w.events >> s.direction) & 1) = 1"
           " RETURNING webhook, conversation, shard"
           "), counted AS ("
           " INSERT INTO delivery_queues AS q (webhook, conversation, shard, waiting)"
           " SELECT webhook, conversation, shard, count(*) FROM queued"
           " GROUP BY webhook, conversation, shard ORDER BY webhook, conversation"
           " ON CONFLICT (webhook, conversation)"
           " DO UPDATE SET waiting = q.waiting + excluded.waiting"
           ") SELECT id, seq, arrival FROM stored";
}

}  // namespace

const std::string& append_statement(const append_parts& parts)
{
    static const auto all = [] {
        std::map<append_parts, std::string> statements;
        for (unsigned kind = 0; kind < 32; ++kind) {
            const append_parts variant{
                .is_one_row = (kind & 1U) != 0,
                .has_pairings = (kind & 2U) != 0,
                .has_receipts = (kind & 4U) != 0,
                .has_webhooks = (kind & 8U) != 0,
                .has_shared_ids = (kind & 16U) != 0};
            statements.emplace(variant, statement_with(variant));
        }
        return statements;
    }();
    return all.at(parts);
}

}  // namespace botapi::sql
