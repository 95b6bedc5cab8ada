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

std::string message_columns(std::string_view prefix)
{
    std::string all;
    for (const auto* const name :
         {"id",
          "conversation",
          "seq",
          "arrival",
          "instant",
          "form",
          "bot",
          "client",
          "direction",
          "text",
          "metadata"}) {
        if (!all.empty())
            all += ", ";
        all.append(prefix).append(name);
    }
    return all;
}

message message_in(const row& row, std::size_t first)
{
    const auto way = row.number(first + 8);
    if (way != 0 && way != 1)
        throw broken_data{"A stored message has no direction."};
    const auto metadata = first + 10;
    return {
        .id = message_id{row.id(first)},
        .conversation = conversation_id{row.id(first + 1)},
        .stamp = timestamp_in(row, first + 4),
        .way =
            {bot_id{row.id(first + 6)},
             way == 0 ? direction::inbound : direction::outbound,
             client_id{row.id(first + 7)}},
        .text = std::string{row.text(first + 9)},
        .metadata = row.is_null(metadata) ? std::nullopt
                                          : std::optional{std::string{row.text(metadata)}},
        .seq = row.count(first + 2),
        .arrival = row.count(first + 3),
    };
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
