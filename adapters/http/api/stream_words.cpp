#include "adapters/http/api/stream_words.hpp"

#include "adapters/http/codec/json_text.hpp"

namespace botapi::http {

namespace {

/// `{"type":"subscribed","id":"s1"`, to be gone on with.
std::string begin_words(std::string_view type, std::string_view member, std::string_view name)
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

std::string subscribed_text(std::string_view id, std::string_view cursor)
{
    auto text = begin_words("subscribed", "id", id);
    text += R"(,"cursor":)";
    append_json(text, cursor);
    return text + '}';
}

std::string unsubscribed_text(std::string_view id)
{
    return begin_words("unsubscribed", "id", id) + '}';
}

std::string sent_text(std::string_view id, const botcore::appended& stored)
{
    auto text = begin_words("sent", "id", id);
    text += stored.replayed ? R"(,"replayed":true,"message":)" : R"(,"replayed":false,"message":)";
    append_json(text, stored.stored);
    return text + '}';
}

std::string pong_text(std::string_view id)
{
    return begin_words("pong", "id", id) + '}';
}

std::string error_text(std::string_view id, std::string_view problem)
{
    auto text = begin_words("error", "id", id);
    text.append(R"(,"problem":)").append(problem);
    return text + '}';
}

std::string lost_text(std::string_view subscription, std::string_view problem)
{
    auto text = begin_words("lost", "subscription", subscription);
    text.append(R"(,"problem":)").append(problem);
    return text + '}';
}

std::string message_begin(std::string_view subscription)
{
    return begin_words("message", "subscription", subscription) + R"(,"cursor":")";
}

}  // namespace botapi::http
