#pragma once

#include "adapters/soci/driver/row.hpp"
#include "adapters/soci/rows/message_columns.hpp"

#include <botcore/domain/bot.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/stream_position.hpp>

#include <cstddef>
#include <string_view>

namespace botapi::sql {

/// The letters of `message_columns`.
inline constexpr auto message_letters_array = letters_of(message_columns);
inline constexpr std::string_view message_letters{
    message_letters_array.data(),
    message_letters_array.size()};

/// The message in the row's columns, which are `message_columns` from `first` on. Throws
/// `broken_data`.
botcore::message message_in(const row& row, std::size_t first = 0);

/// The columns of the message that defines a position, in the order in which `position_in` reads
/// them. `order` is the column that orders the stream: `seq` or `arrival`.
inline constexpr std::string_view position_columns_give = "ninn";
std::string position_columns(std::string_view order);

/// The position behind the message in the row's columns, from `first` on.
botcore::stream_position position_in(const row& row, std::size_t first = 0);

/// The timestamp in two columns. Throws `broken_data`.
botcore::timestamp timestamp_in(const row& row, std::size_t first);

/// The bot in the columns id, name, version. Throws `broken_data`.
botcore::bot bot_in(const row& row, std::size_t first = 0);

}  // namespace botapi::sql
