#include "adapters/soci/stream_notice.hpp"

#include <botcore/domain/uuid.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace botapi::sql {

using botcore::bot_id;
using botcore::conversation_id;
using botcore::stream_id;
using botcore::uuid;

namespace {

constexpr std::string_view hello = "hello";
constexpr std::string_view here = "here";
constexpr std::string_view any = "any";

constexpr char of_bot = 'b';
constexpr char of_conversation = 'c';
constexpr std::size_t id_size = 36;
constexpr std::size_t item_size = 1 + id_size;

std::optional<stream_id> parse_stream(std::string_view item)
{
    const auto id = uuid::parse(item.substr(1));
    if (!id)
        return std::nullopt;
    switch (item.front()) {
        case of_bot: return bot_id{*id};
        case of_conversation: return conversation_id{*id};
        default: return std::nullopt;
    }
}

}  // namespace

// Each stream is a letter for its kind and its id, one after another.
std::string to_text(const stream_notice& notice)
{
    switch (notice.what) {
        case stream_notice::kind::hello: return std::string{hello};
        case stream_notice::kind::here: return std::string{here};
        case stream_notice::kind::grown: break;
    }
    if (notice.streams.empty())
        return std::string{any};
    std::string text;
    text.reserve(notice.streams.size() * item_size);
    for (const auto& stream : notice.streams) {
        text += std::holds_alternative<bot_id>(stream) ? of_bot : of_conversation;
        std::visit([&](const auto& id) { id.append_to(text); }, stream);
    }
    return text;
}

stream_notice parse_notice(std::string_view text)
{
    if (text == hello)
        return {.what = stream_notice::kind::hello};
    if (text == here)
        return {.what = stream_notice::kind::here};
    stream_notice read;
    for (; text.size() >= item_size; text.remove_prefix(item_size)) {
        const auto stream = parse_stream(text.substr(0, item_size));
        if (!stream)
            return {};
        read.streams.push_back(*stream);
    }
    return text.empty() ? read : stream_notice{};
}

void untold_streams::add(std::span<const stream_id> grown)
{
    if (is_any_)
        return;
    streams_.insert(grown.begin(), grown.end());
    if (streams_.size() > stream_notice::streams_max)
        add_any();
}

void untold_streams::add_any()
{
    is_any_ = true;
    streams_.clear();
}

stream_notice untold_streams::take()
{
    is_any_ = false;
    const auto taken = std::exchange(streams_, {});
    return {.streams = {taken.begin(), taken.end()}};
}

}  // namespace botapi::sql
