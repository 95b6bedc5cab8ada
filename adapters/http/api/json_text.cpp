#include "adapters/http/api/json_text.hpp"

#include <botcore/domain/direction.hpp>

#include <boost/json/serializer.hpp>

#include <array>

namespace botapi::http {

void append_json(std::string& out, std::string_view text)
{
    boost::json::serializer serializer;
    serializer.reset(boost::json::string_view{text.data(), text.size()});
    std::array<char, 1024> part{};
    while (!serializer.done())
        out += serializer.read(part.data(), part.size());
}

void append_json(std::string& out, const botcore::bot& bot)
{
    out += R"({"id":")" + bot.id.text() + R"(","name":)";
    append_json(out, bot.name.text());
    out += '}';
}

void append_json(std::string& out, const botcore::message& message)
{
    const auto [from, to] = botcore::ends_of(message.way);
    out += R"({"id":")" + message.id.text();
    out += R"(","conversationId":")" + message.conversation.text();
    out += R"(","timestamp":")" + message.stamp.text();
    out += R"(","from":")" + from.text();
    out += R"(","to":")" + to.text();
    out += R"(","text":)";
    append_json(out, std::string_view{message.text});
    if (message.metadata)
        out += R"(,"metadata":)" + *message.metadata;
    out += '}';
}

void append_json(std::string& out, const botcore::conversation& conversation)
{
    out += R"({"id":")" + conversation.id.text() + R"(","participants":[)";
    for (const auto& [bot, client] : conversation.participants)
        out += R"({"botId":")" + bot.text() + R"(","clientId":")" + client.text() + R"("},)";
    out.back() = ']';
    out += R"(,"messageCount":)" + std::to_string(conversation.last_seq);
    out += R"(,"firstTimestamp":")" + conversation.first.text();
    out += R"(","lastTimestamp":")" + conversation.last.stamp.text();
    out += R"(","lastMessage":)";
    append_json(out, conversation.last);
    out += '}';
}

}  // namespace botapi::http
