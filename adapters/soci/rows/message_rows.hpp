#pragma once

#include "adapters/soci/driver/row.hpp"
#include "adapters/soci/rows/message_columns.hpp"

#include <botcore/domain/bot.hpp>
#include <botcore/domain/message.hpp>

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

/// The timestamp in two columns. Throws `broken_data`.
botcore::timestamp timestamp_in(const row& row, std::size_t first);

/// The bot in the columns id, name, version. Throws `broken_data`.
botcore::bot bot_in(const row& row, std::size_t first = 0);

}  // namespace botapi::sql
