#pragma once

#include "adapters/soci/driver/column.hpp"
#include "adapters/soci/rows/message_columns.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <string>

namespace botapi::sql {

/// The columns of the rows that `append_statement` has as parameters, in order: conversations with
/// the number of messages that are added to each, then pairings, then receipts.
inline constexpr std::array growth_columns{
    column{"id", column_type::uuid},
    column{"shard", column_type::integer},
    column{"added", column_type::bigint},
};
inline constexpr std::array pairing_columns{
    column{"conversation", column_type::uuid},
    column{"bot", column_type::uuid},
    column{"client", column_type::uuid},
};
inline constexpr std::array receipt_columns{
    column{"key", column_type::uuid},
    column{"digest", column_type::bigint},
    column{"seed", column_type::uuid},
};

/// The columns of the messages. The first is the number of messages of the batch that follow this
/// one in its conversation. The appended columns follow.
inline constexpr auto numbered_message_columns = [] {
    std::array<column, 1 + appended_columns.size()> columns{};
    columns[0] = {"behind", column_type::bigint};
    std::ranges::copy(appended_columns, columns.begin() + 1);
    return columns;
}();

/// The parts of `append_statement` that a plan needs. The other parts are left out, because the
/// server would plan, start and end them. That saves much of the cost of a small batch.
struct append_parts {
    bool is_one_row = false;    ///< The parameters are values of one row, not arrays.
    bool has_pairings = false;  ///< Some of the plan's pairings may not be stored yet.
    bool has_receipts = false;  ///< The plan has receipts.
    bool has_webhooks = false;  ///< Some bot may have a webhook.

    /// Other transactions may write messages with the same ids.
    bool has_shared_ids = false;

    friend auto operator<=>(const append_parts&, const append_parts&) = default;
};

/// The PostgreSQL statement that writes a whole plan, or nothing. It returns `id`, `seq` and
/// `arrival` of the messages.
///
/// The first parameter is the version of the registry for which the plan was made. If the registry
/// has another version, the statement writes nothing. The parameter is null if the plan was made
/// under the lock of the bots. Then come the columns of the conversations, of the pairings that may
/// not be stored yet (with `has_pairings`), of the receipts (with `has_receipts`), and of the
/// messages.
const std::string& append_statement(const append_parts& parts);

}  // namespace botapi::sql
