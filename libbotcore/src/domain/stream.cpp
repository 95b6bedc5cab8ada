#include "cursor_bytes.hpp"

#include <botcore/domain/base64.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/domain/stream.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace botcore {

namespace {

// After the head, a cursor of a stream has the count of sources, then for each source its number (2
// bytes), the order of the last message read from it (8 bytes), and the fingerprint of that message
// (8 bytes). The cursor of the start of a stream has no sources.
constexpr std::size_t count_at = cursor_head_size;
constexpr std::size_t sources_at = count_at + 1;
constexpr std::size_t source_size = 2 + 8 + 8;
constexpr std::size_t sources_max = 1;

/// The scope of a stream's cursors. It differs from that of every list, so that a stream refuses
/// the cursors of lists.
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

/// An old cursor of a stream has the position's order in the bytes of a list's order, and 0 in
/// those of the instant.
void append_unchecked(std::string& out, std::uint64_t order, std::uint32_t scope)
{
    old_cursor made;
    put(std::span{made.key}.last<8>(), order);
    append_base64url(out, to_bytes(made, scope));
}

std::optional<stream_position> position_of(const old_cursor& old) noexcept
{
    const std::span key{old.key};
    const auto order = get(key.last<8>());
    if (old.backwards || get(key.first<8>()) != 0 || order > order_max)
        return std::nullopt;
    return stream_position::unchecked(order);
}

}  // namespace

std::uint64_t order_in(const stream_id& stream, const message& one) noexcept
{
    return std::holds_alternative<conversation_id>(stream) ? one.seq : one.arrival;
}

stream_position position_in(const stream_id& stream, const message& one) noexcept
{
    return {order_in(stream, one), fingerprint_of(one.id, one.seq, one.stamp.at())};
}

stream_cursor_writer::stream_cursor_writer(const stream_id& stream) noexcept
    : scope_{scope_of(stream)}
{
}

void stream_cursor_writer::append(std::string& out, const stream_position& position) const
{
    std::array<std::uint8_t, sources_at + sources_max * source_size> bytes{};
    put_head(std::span{bytes}.first<cursor_head_size>(), scope_);
    const auto sources = position.sources();
    bytes[count_at] = static_cast<std::uint8_t>(sources.size());
    auto entry = std::span{bytes}.subspan<sources_at>();
    for (const auto& [source, order, fingerprint] : sources) {
        if (!fingerprint) {
            append_unchecked(out, order, scope_);
            return;
        }
        put(entry.first<2>(), source);
        put(entry.subspan<2, 8>(), order);
        put(entry.subspan<10, 8>(), *fingerprint);
    }
    append_base64url(out, std::span{bytes}.first(sources_at + sources.size() * source_size));
}

std::string to_text(const stream_id& stream, const stream_position& position)
{
    std::string text;
    stream_cursor_writer{stream}.append(text, position);
    return text;
}

std::optional<stream_position> parse_stream_position(
    const stream_id& stream,
    std::string_view text
) noexcept
{
    const auto scope = scope_of(stream);
    if (const auto old = parse_old_cursor(text, scope))
        return position_of(*old);

    std::array<std::uint8_t, sources_at + sources_max * source_size> bytes{};
    const auto start = std::span{bytes}.first<sources_at>();
    if (read_cursor(text, scope, start) && bytes[count_at] == 0)
        return stream_start;
    if (!read_cursor(text, scope, bytes) || bytes[count_at] != 1)
        return std::nullopt;
    const auto entry = std::span{bytes}.subspan<sources_at>();
    const auto order = get(entry.subspan<2, 8>());
    if (get(entry.first<2>()) != 0 || order == 0 || order > order_max)
        return std::nullopt;
    return stream_position{order, get(entry.last<8>())};
}

bool is_partial(const stream_query& query) noexcept
{
    return std::holds_alternative<conversation_id>(query.stream) && !query.visible.is_all();
}

stream_part make_part(
    const stream_query& query,
    const stream_position& after,
    std::vector<message> found
)
{
    stream_part made{.is_end = found.size() <= query.limit};
    if (!made.is_end)
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(query.limit), found.end());
    made.reached = found.empty() ? after : position_in(query.stream, found.back());
    made.messages = std::move(found);
    return made;
}

result<stream_position> confirm_position(
    const stream_position& position,
    const position_facts& facts
)
{
    if (position.is_start())
        return stream_start;
    if (position.fingerprint() && facts.last != position) {
        return refuse(
            errc::cursor_lost,
            "The message behind which the cursor stands is not stored any more."
        );
    }
    const auto last = facts.last.value_or(stream_start);
    if (last.order() != position.order() && !facts.has_later)
        return refuse(errc::cursor_lost, "The cursor is past the end of the stream.");
    return last;
}

}  // namespace botcore
