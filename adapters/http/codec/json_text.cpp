#include "adapters/http/codec/json_text.hpp"

#include <string>

namespace botapi::http {

void append_json(std::string& out, const botcore::bot& bot)
{
    out += R"({"id":")";
    bot.id.append_to(out);
    out += R"(","name":)";
    append_json(out, bot.name.text());
    out += '}';
}

void append_json(std::string& out, const botcore::conversation& conversation)
{
    out += R"({"id":")" + conversation.id.text() + R"(","participants":[)";
    for (const auto& [bot, client] : conversation.participants)
        out += R"({"botId":")" + bot.text() + R"(","clientId":")" + client.text() + R"("},)";
    out.back() = ']';
    out += R"(,"messageCount":)" + std::to_string(conversation.state.message_count);
    out += R"(,"firstTimestamp":")" + conversation.first.text();
    out += R"(","lastTimestamp":")" + conversation.last.stamp.text();
    out += R"(","lastMessage":)";
    append_json(out, conversation.last);
    out += '}';
}

}  // namespace botapi::http
