#pragma once

#include <botcore/domain/id.hpp>

#include <cstdint>
#include <optional>

namespace botcore {

/// The direction of a message, seen from its bot.
enum class direction : std::uint8_t {
    inbound = 0,   ///< From the client to the bot.
    outbound = 1,  ///< From the bot to the client.
};

/// The two ends of a message: its sender and its recipient.
struct ends {
    participant_id from;
    participant_id to;

    friend bool operator==(const ends&, const ends&) = default;
};

/// The sender and the recipient of a message by their roles. Every message has exactly one `bot`:
/// if a bot writes to another bot, the sender is the bot and the recipient is its client.
struct route {
    bot_id bot;
    direction way;
    client_id client;

    friend bool operator==(const route&, const route&) = default;
};

/// Decides which end is the bot. Nothing if neither end is one. `from` takes precedence: if both
/// are bots, the sender counts as the bot.
///
/// For every answer, `ends_of(*route_between(e, …)) == e`.
constexpr std::optional<route> route_between(
    const ends& ends,
    bool from_is_bot,
    bool to_is_bot
) noexcept
{
    const auto [from, to] = ends;
    if (from_is_bot)
        return route{bot_id{from.value}, direction::outbound, client_id{to.value}};
    if (to_is_bot)
        return route{bot_id{to.value}, direction::inbound, client_id{from.value}};
    return std::nullopt;
}

/// The sender and the recipient: the inverse of `route_between`.
constexpr ends ends_of(const route& route) noexcept
{
    const participant_id bot{route.bot.value};
    const participant_id client{route.client.value};
    return route.way == direction::outbound ? ends{bot, client} : ends{client, bot};
}

}  // namespace botcore
