#include <botcore/domain/query.hpp>
#include <botcore/domain/stream.hpp>

#include <utility>

namespace botcore {

namespace {

/// Unlike that of every list, so that a cursor of a list is no place in a stream.
std::uint32_t scope_of(const stream_id& stream)
{
    constexpr std::uint32_t difference = 0x57ea0000;
    message_filter filter;
    if (const auto* const conversation = std::get_if<conversation_id>(&stream))
        filter.conversation = *conversation;
    else
        filter.bot = std::get<bot_id>(stream);
    return scope_of(filter, sort_order::ascending) ^ difference;
}

}  // namespace

stream_position position_in(const stream_id& stream, const message& one) noexcept
{
    return std::holds_alternative<conversation_id>(stream) ? one.seq : one.arrival;
}

std::string to_text(const stream_id& stream, stream_position place)
{
    return to_text(cursor<message_key>{.key = {.at = {}, .order = place}}, scope_of(stream));
}

std::optional<stream_position> parse_stream_position(
    const stream_id& stream,
    std::string_view text
) noexcept
{
    const auto read = parse_message_cursor(text, scope_of(stream));
    if (!read || read->backwards || read->key.at != instant{})
        return std::nullopt;
    return read->key.order;
}

bool is_partial(const stream_query& query) noexcept
{
    return std::holds_alternative<conversation_id>(query.stream) && !query.visible.is_all();
}

stream_part make_part(const stream_query& query, stream_position after, std::vector<message> found)
{
    stream_part made{.is_end = found.size() <= query.limit};
    if (!made.is_end)
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(query.limit), found.end());
    made.reached = found.empty() ? after : position_in(query.stream, found.back());
    made.messages = std::move(found);
    return made;
}

error place_lost(const stream_id& stream)
{
    const bool is_conversation = std::holds_alternative<conversation_id>(stream);
    return refuse(
        errc::place_lost,
        std::string{"The messages of this "} + (is_conversation ? "conversation" : "bot") +
            " end before this place: what stood there was lost."
    );
}

}  // namespace botcore
