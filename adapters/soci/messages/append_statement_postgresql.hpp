#pragma once

#include "adapters/soci/driver/column.hpp"
#include "adapters/soci/rows/message_columns.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <string>

namespace botapi::sql {

/// The rows that are parameters of `append_statement`, in their order: conversations that grow,
/// with how many messages are added to each; pairings; receipts.
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
};

/// The messages: how many of the batch follow one in its conversation, then what is appended.
inline constexpr auto numbered_message_columns = [] {
    std::array<column, 1 + appended_columns.size()> columns{};
    columns[0] = {"behind", column_type::bigint};
    std::ranges::copy(appended_columns, columns.begin() + 1);
    return columns;
}();

/// What a plan needs of `append_statement`. A part that is left out is not planned, begun and ended
/// for nothing, which is a good part of what a small batch costs.
struct append_parts {
    bool is_one_row = false;    ///< Then its values are the parameters, and not arrays of them.
    bool has_pairings = false;  ///< Some of the plan's may not be stored yet.
    bool has_receipts = false;  ///< The plan has some.
    bool has_webhooks = false;  ///< Some bot may have one.

    friend auto operator<=>(const append_parts&, const append_parts&) = default;
};

/// PostgreSQL's statement that writes a plan: all of it, or nothing. It returns `id`, `seq` and
/// `arrival` of the messages.
///
/// Its parameters: the registry's version for which the plan was made, or null if it was made under
/// the lock of the bots (if the registry has another version, nothing is written); then the columns
/// of the conversations, of the pairings that may not be stored yet (with `has_pairings`), of the
/// receipts (with `has_receipts`), and of the messages.
const std::string& append_statement(const append_parts& parts);

}  // namespace botapi::sql
