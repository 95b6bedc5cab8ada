#pragma once

#include "adapters/soci/driver/row.hpp"

#include <botcore/domain/bot.hpp>
#include <botcore/domain/message.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace botapi::sql {

/// The columns of a message, in the order in which `message_in` reads them.
inline constexpr std::string_view message_columns_give = "iinnnniintt";

/// The columns' names, each after `prefix`, as in `m.id, m.conversation, …`.
std::string message_columns(std::string_view prefix = {});

/// The message in the row's columns, from `first` on. Throws `broken_data`.
botcore::message message_in(const row& row, std::size_t first = 0);

/// The timestamp in two columns. Throws `broken_data`.
botcore::timestamp timestamp_in(const row& row, std::size_t first);

/// The bot in the columns id, name, version. Throws `broken_data`.
botcore::bot bot_in(const row& row, std::size_t first = 0);

}  // namespace botapi::sql
