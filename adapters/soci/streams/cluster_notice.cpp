#include "adapters/soci/streams/cluster_notice.hpp"

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

constexpr std::string_view join_text = "hello";
constexpr std::string_view heartbeat_text = "here";
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

// The text lists the streams, each as a letter for its kind and its id.
std::string to_text(const cluster_notice& notice)
{
    switch (notice.what) {
        case cluster_notice::kind::join: return std::string{join_text};
        case cluster_notice::kind::heartbeat: return std::string{heartbeat_text};
        case cluster_notice::kind::grown: break;
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

cluster_notice parse_cluster_notice(std::string_view text)
{
    if (text == join_text)
        return {.what = cluster_notice::kind::join};
    if (text == heartbeat_text)
        return {.what = cluster_notice::kind::heartbeat};
    cluster_notice read;
    for (; text.size() >= item_size; text.remove_prefix(item_size)) {
        const auto stream = parse_stream(text.substr(0, item_size));
        if (!stream)
            return {};
        read.streams.push_back(*stream);
    }
    return text.empty() ? read : cluster_notice{};
}

void pending_streams::add(std::span<const stream_id> grown)
{
    if (is_any_)
        return;
    streams_.insert(grown.begin(), grown.end());
    if (streams_.size() > cluster_notice::streams_max)
        add_any();
}

void pending_streams::add_any()
{
    is_any_ = true;
    streams_.clear();
}

cluster_notice pending_streams::take()
{
    is_any_ = false;
    const auto taken = std::exchange(streams_, {});
    return {.streams = {taken.begin(), taken.end()}};
}

}  // namespace botapi::sql
