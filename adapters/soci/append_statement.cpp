#include "adapters/soci/append_statement.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace botapi::sql {

namespace {

struct column {
    std::string_view name;
    std::string_view type;
};

constexpr std::array conversation_columns{
    column{"id", "uuid"},
    column{"shard", "integer"},
    column{"added", "bigint"},
};
constexpr std::array pairing_columns{
    column{"conversation", "uuid"},
    column{"bot", "uuid"},
    column{"client", "uuid"},
};
constexpr std::array receipt_columns{
    column{"key", "uuid"},
    column{"digest", "bigint"},
};
constexpr std::array message_columns{
    column{"id", "uuid"},
    column{"shard", "integer"},
    column{"conversation", "uuid"},
    column{"behind", "bigint"},
    column{"instant", "bigint"},
    column{"form", "integer"},
    column{"bot", "uuid"},
    column{"client", "uuid"},
    column{"direction", "smallint"},
    column{"text", "text"},
    column{"metadata", "text"},
};

/// The parameters from the second one on, as tables.
class parameter_tables {
public:
    explicit parameter_tables(bool is_one_row) noexcept : is_one_row_{is_one_row} {}

    /// The next ones, as a table of that name. Its last column is `place`, from 1.
    std::string next(std::string_view name, std::span<const column> columns)
    {
        std::string given;
        std::string names;
        for (const auto& one : columns) {
            ((given += '$') += std::to_string(++count_)) += "::";
            (given += one.type) += is_one_row_ ? ", " : "[], ";
            (names += one.name) += ", ";
        }
        std::string table;
        if (is_one_row_) {
            table = "(VALUES (" + given + "1))";
        } else {
            given.resize(given.size() - 2);
            table = "unnest(" + given + ") WITH ORDINALITY";
        }
        return ((table += " AS ") += name) += " (" + names + "place)";
    }

private:
    bool is_one_row_;
    std::size_t count_ = 1;
};

// The parts see the rows of each other only through RETURNING; the foreign keys are checked at the
// end, when all rows are there.
std::string statement_with(const append_parts& parts)
{
    parameter_tables parameters{parts.is_one_row};
    const std::string conversations = parameters.next("g", conversation_columns);
    const std::string pairings = parameters.next("p", pairing_columns);
    const std::string receipts = parts.has_receipts ? parameters.next("r", receipt_columns) : "";
    const std::string messages = parameters.next("m", message_columns);

    std::string sql =
        "WITH grown AS ("
        " INSERT INTO conversations AS c (id, shard, last_seq)"
        " SELECT g.id, g.shard, g.added FROM " +
        conversations +
        " WHERE $1::bigint IS NULL"
        " OR EXISTS (SELECT FROM registry WHERE version = $1)"
        " ON CONFLICT (id) DO UPDATE SET last_seq = c.last_seq + excluded.last_seq"
        " RETURNING id, last_seq"
        "), paired AS ("
        " INSERT INTO pairings (conversation, bot, client)"
        " SELECT p.conversation, p.bot, p.client FROM " +
        pairings +
        " JOIN grown ON grown.id = p.conversation"
        " ON CONFLICT DO NOTHING)";
    if (parts.has_receipts) {
        sql +=
            ", noted AS ("
            " INSERT INTO receipts (key, digest) SELECT r.key, r.digest FROM " +
            receipts + ")";
    }
    const std::string store =
        " INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client,"
        " direction, text, metadata)"
        " SELECT m.id, m.shard, m.conversation, grown.last_seq - m.behind, m.instant, m.form,"
        " m.bot, m.client, m.direction, m.text, m.metadata FROM " +
        messages +
        " JOIN grown ON grown.id = m.conversation ORDER BY m.place"
        " RETURNING id, seq, arrival";
    if (!parts.has_webhooks)
        return sql + store;
    return sql + ", stored AS (" + store +
           ", conversation, bot, direction"
           "), told AS ("
           " INSERT INTO webhook_deliveries (webhook, state, conversation, arrival, message)"
           " SELECT w.id, 0, s.conversation, s.arrival, s.id FROM stored s JOIN webhooks w"
           " ON w.bot = s.bot AND w.state = 1 AND ((w.events >> s.direction) & 1) = 1"
           " RETURNING webhook, conversation"
           "), lined AS ("
           " INSERT INTO webhook_lines AS l (webhook, conversation, waiting)"
           " SELECT webhook, conversation, count(*) FROM told GROUP BY webhook, conversation"
           " ORDER BY webhook, conversation"
           " ON CONFLICT (webhook, conversation)"
           " DO UPDATE SET waiting = l.waiting + excluded.waiting"
           ") SELECT id, seq, arrival FROM stored";
}

}  // namespace

const std::string& append_statement(const append_parts& parts)
{
    static const auto all = [] {
        std::array<std::array<std::array<std::string, 2>, 2>, 2> made;
        for (const bool one : {false, true}) {
            for (const bool receipts : {false, true}) {
                for (const bool webhooks : {false, true})
                    made[one][receipts][webhooks] = statement_with({one, receipts, webhooks});
            }
        }
        return made;
    }();
    return all[parts.is_one_row][parts.has_receipts][parts.has_webhooks];
}

}  // namespace botapi::sql
