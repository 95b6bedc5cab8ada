#include "adapters/http/codec/json_text.hpp"

#include <botcore/domain/direction.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace botapi::http {

namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";

/// The escape of RFC 8259 section 7, the short one where there is one.
void append_escape(std::string& out, char letter)
{
    out += '\\';
    switch (letter) {
        case '"':
        case '\\': out += letter; return;
        case '\b': out += 'b'; return;
        case '\f': out += 'f'; return;
        case '\n': out += 'n'; return;
        case '\r': out += 'r'; return;
        case '\t': out += 't'; return;
        default: break;
    }
    out.append("u00");
    out += hexadecimal[static_cast<unsigned char>(letter) >> 4U];
    out += hexadecimal[static_cast<unsigned char>(letter) & 0x0fU];
}

template <class Value>
void append_member(std::string& out, std::string_view before, const Value& value)
{
    out += before;
    value.append_to(out);
}

}  // namespace

// Boost.JSON writes text through a buffer of its own, and took most of the time of a list. What
// needs no escape is copied in runs.
void append_json(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (static_cast<unsigned char>(letter) >= 0x20 && letter != '"' && letter != '\\')
            continue;
        out.append(text, begin, at - begin);
        append_escape(out, letter);
        begin = at + 1;
    }
    out.append(text, begin);
    out += '"';
}

void append_json(std::string& out, const botcore::bot& bot)
{
    append_member(out, R"({"id":")", bot.id);
    out += R"(","name":)";
    append_json(out, bot.name.text());
    out += '}';
}

void append_json(std::string& out, const botcore::message& message)
{
    const auto [from, to] = botcore::ends_of(message.way);
    append_member(out, R"({"id":")", message.id);
    append_member(out, R"(","conversationId":")", message.conversation);
    append_member(out, R"(","timestamp":")", message.stamp);
    append_member(out, R"(","from":")", from);
    append_member(out, R"(","to":")", to);
    out += R"(","text":)";
    append_json(out, std::string_view{message.text});
    if (message.metadata)
        out.append(R"(,"metadata":)").append(*message.metadata);
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

void append_json(std::string& out, const botcore::api_key& key)
{
    const auto append_instant = [&](const char* name, const auto& at) {
        if (at)
            out.append(",\"")
                .append(name)
                .append(R"(":")")
                .append(botcore::timestamp::from_clock(*at).text())
                .push_back('"');
    };
    const auto append_texts = [&](const char* name, const std::vector<std::string>& texts) {
        out.append(",\"").append(name).append("\":[");
        for (std::size_t at = 0; at < texts.size(); ++at) {
            out.append(at == 0 ? "\"" : ",\"").append(texts[at]).push_back('"');
        }
        out.push_back(']');
    };
    std::vector<std::string> scopes;
    for (const auto& [one, name] : botcore::scope_names) {
        if (key.scopes.contains(one))
            scopes.emplace_back(name);
    }
    std::vector<std::string> bots;
    for (const auto& id : key.bots.ids())
        bots.push_back(id.text());

    out += R"({"id":")";
    key.id.append_to(out);
    out += R"(","name":)";
    append_json(out, key.name);
    append_texts("scopes", scopes);
    if (!key.bots.is_all())
        append_texts("bots", bots);
    if (key.quota) {
        out.append(R"(,"quota":)").append(std::to_string(*key.quota));
        out.append(R"(,"stored":)").append(std::to_string(key.stored));
    }
    append_instant("createdAt", std::optional{key.created});
    append_instant("expiresAt", key.expires);
    append_instant("revokedAt", key.revoked);
    append_instant("lastUsedAt", key.last_used);
    out += '}';
}

}  // namespace botapi::http
