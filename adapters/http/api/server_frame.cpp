#include "adapters/http/api/server_frame.hpp"

#include "adapters/http/codec/json_text.hpp"

namespace botapi::http {

namespace {

/// The beginning of a frame, as in `{"type":"subscribed","id":"s1"`.
std::string begin_frame(std::string_view type, std::string_view member, std::string_view name)
{
    std::string text = R"({"type":")";
    text.append(type).append(1, '"');
    if (!name.empty()) {
        text.append(R"(,")").append(member).append(R"(":)");
        append_json(text, name);
    }
    return text;
}

}  // namespace

std::string subscribed_frame(std::string_view id, std::string_view cursor)
{
    auto text = begin_frame("subscribed", "id", id);
    text += R"(,"cursor":)";
    append_json(text, cursor);
    return text + '}';
}

std::string unsubscribed_frame(std::string_view id)
{
    return begin_frame("unsubscribed", "id", id) + '}';
}

std::string sent_frame(std::string_view id, const botcore::appended& stored)
{
    auto text = begin_frame("sent", "id", id);
    text += stored.replayed ? R"(,"replayed":true)" : R"(,"replayed":false)";
    text.append(R"(,"seq":)").append(std::to_string(stored.stored.seq)).append(R"(,"message":)");
    append_json(text, stored.stored);
    return text + '}';
}

std::string pong_frame(std::string_view id)
{
    return begin_frame("pong", "id", id) + '}';
}

std::string error_frame(std::string_view id, std::string_view problem)
{
    auto text = begin_frame("error", "id", id);
    text.append(R"(,"problem":)").append(problem);
    return text + '}';
}

std::string lost_frame(std::string_view subscription, std::string_view problem)
{
    auto text = begin_frame("lost", "subscription", subscription);
    text.append(R"(,"problem":)").append(problem);
    return text + '}';
}

std::string message_begin(std::string_view subscription)
{
    return begin_frame("message", "subscription", subscription) + R"(,"cursor":")";
}

std::string message_middle(std::uint64_t seq)
{
    return R"(","seq":)" + std::to_string(seq) + R"(,"message":)";
}

}  // namespace botapi::http
