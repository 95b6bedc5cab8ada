#include "adapters/soci/rows/message_rows.hpp"

#include <chrono>
#include <limits>
#include <optional>

namespace botapi::sql {

using botcore::bot;
using botcore::bot_id;
using botcore::bot_name;
using botcore::client_id;
using botcore::conversation_id;
using botcore::direction;
using botcore::message;
using botcore::message_id;
using botcore::timestamp;

message message_in(const row& row, std::size_t first)
{
    const auto at = [first](std::size_t column) { return first + column; };
    constexpr auto instant = index_of(message_columns, "instant");
    static_assert(
        index_of(message_columns, "form") == instant + 1,
        "`timestamp_in` reads two adjacent columns."
    );
    constexpr auto metadata = index_of(message_columns, "metadata");

    const auto way = row.number(at(index_of(message_columns, "direction")));
    if (way != 0 && way != 1)
        throw broken_data{"A stored message has no direction."};
    return {
        .id = message_id{row.id(at(index_of(message_columns, "id")))},
        .conversation = conversation_id{row.id(at(index_of(message_columns, "conversation")))},
        .stamp = timestamp_in(row, at(instant)),
        .way =
            {bot_id{row.id(at(index_of(message_columns, "bot")))},
             way == 0 ? direction::inbound : direction::outbound,
             client_id{row.id(at(index_of(message_columns, "client")))}},
        .content =
            {.text = std::string{row.text(at(index_of(message_columns, "text")))},
             .metadata = row.is_null(at(metadata))
                             ? std::nullopt
                             : std::optional{std::string{row.text(at(metadata))}}},
        .seq = row.count(at(index_of(message_columns, "seq"))),
        .arrival = row.count(at(index_of(message_columns, "arrival"))),
    };
}

std::string position_columns(std::string_view order)
{
    return std::string{order} + ", id, seq, instant";
}

botcore::stream_position position_in(const row& row, std::size_t first)
{
    const botcore::instant at{std::chrono::nanoseconds{row.number(first + 3)}};
    const message_id id{row.id(first + 1)};
    return {row.count(first), botcore::fingerprint_of(id, row.count(first + 2), at)};
}

timestamp timestamp_in(const row& row, std::size_t first)
{
    const auto form = row.number(first + 1);
    const botcore::instant at{std::chrono::nanoseconds{row.number(first)}};
    const bool fits = form >= 0 && form <= std::numeric_limits<std::uint16_t>::max();
    const auto stamp = fits ? timestamp::from_parts(at, static_cast<std::uint16_t>(form))
                            : std::nullopt;
    if (!stamp)
        throw broken_data{"A stored timestamp has no form."};
    return *stamp;
}

bot bot_in(const row& row, std::size_t first)
{
    auto name = bot_name::parse(row.text(first + 1));
    if (!name)
        throw broken_data{"A stored bot name breaks the rules for names."};
    return {
        .id = bot_id{row.id(first)},
        .name = *std::move(name),
        .version = row.count(first + 2),
    };
}

}  // namespace botapi::sql
