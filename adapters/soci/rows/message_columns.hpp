#pragma once

#include "adapters/soci/driver/column.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace botapi::sql {

/// The source of the values of a message's column.
enum class column_source : std::uint8_t {
    content,   ///< The submission. An append writes the value.
    sequence,  ///< The storage, which numbers messages.
    shard,     ///< The id of the conversation. An append writes the value; no read returns it.
};

struct message_column {
    sql::column column;
    column_source source;
};

/// The columns of a message, in the order in which all statements name them.
///
/// Names, types, parameters and the binary layout of every statement follow from this table. A new
/// field of a message is a line here, a line in `message_in`, and a line in `bind_message`.
inline constexpr std::array message_table{
    message_column{{"id", column_type::uuid}, column_source::content},
    message_column{{"shard", column_type::integer}, column_source::shard},
    message_column{{"conversation", column_type::uuid}, column_source::content},
    message_column{{"seq", column_type::bigint}, column_source::sequence},
    message_column{{"arrival", column_type::bigint}, column_source::sequence},
    message_column{{"instant", column_type::bigint}, column_source::content},
    message_column{{"form", column_type::integer}, column_source::content},
    message_column{{"bot", column_type::uuid}, column_source::content},
    message_column{{"client", column_type::uuid}, column_source::content},
    message_column{{"direction", column_type::smallint}, column_source::content},
    message_column{{"text", column_type::text}, column_source::content},
    message_column{{"metadata", column_type::text}, column_source::content},
};

namespace detail {

/// The columns of `message_table` whose source is not `LeftOut`, in order.
template <column_source LeftOut>
consteval auto message_columns_without()
{
    constexpr auto is_kept = [](const message_column& listed) { return listed.source != LeftOut; };
    std::array<column, std::ranges::count_if(message_table, is_kept)> kept{};
    std::size_t count = 0;
    for (const auto& listed : message_table) {
        if (is_kept(listed))
            kept[count++] = listed.column;
    }
    return kept;
}

}  // namespace detail

/// The columns that a query reads, in the order in which `message_in` expects them.
inline constexpr auto message_columns = detail::message_columns_without<column_source::shard>();

/// The columns that an append writes, in the order in which `bind_message` binds them.
inline constexpr auto appended_columns = detail::message_columns_without<column_source::sequence>();

}  // namespace botapi::sql
