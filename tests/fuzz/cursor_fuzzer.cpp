// Input: a byte that chooses the list or the stream, and a cursor of it as a client sends it.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/page.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/domain/stream.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace botapi::fuzz {

namespace {

using botcore::uuid;

uuid uuid_from(std::string_view input)
{
    uuid::bytes_type bytes{};
    std::memcpy(bytes.data(), input.data(), std::min(input.size(), bytes.size()));
    return uuid{bytes};
}

std::uint64_t number_from(std::string_view input)
{
    std::uint64_t number = 0;
    std::memcpy(&number, input.data(), std::min(input.size(), sizeof number));
    return number;
}

/// Whether a text has the form of versions before 2: those are read, and written in the new form.
bool is_old(std::string_view text)
{
    constexpr std::size_t size = 28;
    return text.size() == size;
}

void try_text(std::string_view text, std::uint32_t scope)
{
    if (const auto read = botcore::parse_id_cursor(text, scope)) {
        const auto again = to_text(*read, scope);
        require(is_old(text) || again == text, "an id cursor has one text");
        require(botcore::parse_id_cursor(again, scope) == read, "an id cursor survives");
        require(!botcore::parse_id_cursor(text, scope + 1), "a cursor belongs to one list");
    }
    if (const auto read = botcore::parse_message_cursor(text, scope)) {
        const auto again = to_text(*read, scope);
        require(is_old(text) || again == text, "a message cursor has one text");
        require(botcore::parse_message_cursor(again, scope) == read, "a message cursor survives");
        require(read->key.order <= botcore::order_max, "a database can hold every order");
        require(!botcore::parse_message_cursor(text, scope + 1), "a cursor belongs to one list");
    }
}

void try_list(std::string_view input)
{
    const botcore::message_filter filter{
        .conversation = botcore::conversation_id{uuid_from(input)}};
    const auto scope = scope_of(filter, botcore::sort_order::descending);
    try_text(input, scope);

    const botcore::cursor<uuid> by_id{uuid_from(input), hash_of(input) % 2 == 0};
    require(
        botcore::parse_id_cursor(to_text(by_id, scope), scope) == by_id,
        "an id cursor can be read from its text"
    );
    const std::uint64_t order = number_from(input) >> 1U;
    const botcore::cursor<botcore::message_key> by_time{
        {botcore::instant{std::chrono::nanoseconds{static_cast<std::int64_t>(hash_of(input))}},
         order},
        order % 2 == 0};
    require(
        botcore::parse_message_cursor(to_text(by_time, scope), scope) == by_time,
        "a message cursor can be read from its text"
    );
}

void try_stream(
    const botcore::stream_id& stream,
    const botcore::stream_id& other,
    std::string_view text
)
{
    if (const auto read = botcore::parse_stream_position(stream, text)) {
        const auto again = to_text(stream, *read);
        const bool is_rewritten = is_old(text) && read->is_start();
        require(is_rewritten || again == text, "a position has one text");
        require(botcore::parse_stream_position(stream, again) == read, "a position survives");
        require(read->order() <= botcore::order_max, "a database can hold every order");
        require(is_old(text) || read->is_start() || read->fingerprint(), "it has a fingerprint");
        require(!botcore::parse_stream_position(other, text), "a cursor belongs to one stream");
    }
    const std::uint64_t order = number_from(text) >> 1U;
    const auto unchecked = botcore::stream_position::unchecked(order);
    require(
        botcore::parse_stream_position(stream, to_text(stream, unchecked)) == unchecked,
        "an unchecked position survives"
    );
    const botcore::stream_position checked{order | 1U, hash_of(text)};
    require(
        botcore::parse_stream_position(stream, to_text(stream, checked)) == checked,
        "a position survives"
    );
}

}  // namespace

void try_input(std::string_view input)
{
    if (input.empty())
        return;
    const char choice = input.front();
    input.remove_prefix(1);
    switch (choice) {
        case 'b': try_text(input, botcore::scope_of_bots); break;
        case 'n': try_text(input, 0); break;
        case 'c':
            try_stream(botcore::conversation_id{uuid{}}, botcore::bot_id{uuid{}}, input);
            break;
        case 'o':
            try_stream(botcore::bot_id{uuid{}}, botcore::conversation_id{uuid{}}, input);
            break;
        default: try_list(input);
    }
}

}  // namespace botapi::fuzz
