#include "adapters/http/codec/webhook_codec.hpp"

#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/codec/object_reader.hpp"

#include <botcore/domain/stream.hpp>

#include <vector>

namespace botapi::http {

namespace {

/// Appends a comma and a member that is text.
void append_member(std::string& out, std::string_view name, std::string_view text)
{
    out.append(",\"").append(name).append("\":");
    append_json(out, text);
}

/// The same for a list of texts.
void append_member(std::string& out, std::string_view name, const std::vector<std::string>& texts)
{
    out.append(",\"").append(name).append("\":");
    out += array_to_json(texts);
}

}  // namespace

botcore::result<botcore::webhook_write> read_webhook(
    const boost::json::value& value,
    botcore::bot_id bot,
    std::string_view name,
    botcore::webhook_service& webhooks
)
{
    object_reader body{value, {"url", "events", "secrets", "enabled", "headers"}};
    const botcore::webhook_input input{
        .url = body.text("url"),
        .events = body.texts("events"),
        .secrets = body.texts("secrets"),
        .is_enabled = body.flag("enabled"),
        .headers = body.text_members("headers")};
    auto write = webhooks.prepare(bot, name, input);
    if (auto fault = body.merge(write ? nullptr : &write.error()))
        return *fault;
    return write;
}

botcore::result<botcore::stream_position> read_replay(
    const boost::json::value& value,
    botcore::bot_id bot
)
{
    object_reader body{value, {"after"}};
    const auto after = body.text("after").value_or("");
    std::optional<botcore::stream_position> position{botcore::stream_start};
    if (after != "start")
        position = botcore::parse_stream_position(bot, after);
    const auto wrong = botcore::refuse(
        botcore::errc::invalid_argument,
        "The body has faulty fields.",
        {{"/after", "must be \"start\", or the cursor of a message of this bot."}}
    );
    if (auto fault = body.merge(position ? nullptr : &wrong))
        return *fault;
    return position.value();
}

void append_json(std::string& out, const botcore::webhook& webhook)
{
    std::vector<std::string> events;
    for (const auto& [event, name] : botcore::webhook_event_names) {
        if (webhook.events.contains(event))
            events.emplace_back(name);
    }
    std::vector<std::string> hints;
    for (const auto& secret : webhook.secrets)
        hints.push_back(secret.hint());

    out += R"({"botId":)";
    append_json(out, webhook.bot.text());
    append_member(out, "name", webhook.name.text());
    append_member(out, "url", webhook.url.text());
    append_member(out, "events", events);
    const bool is_enabled = webhook.state == botcore::webhook_state::enabled;
    out += is_enabled ? R"(,"enabled":true)" : R"(,"enabled":false)";
    if (webhook.state == botcore::webhook_state::gone)
        append_member(out, "disabledBecause", "gone");
    append_member(out, "secretHints", hints);
    std::vector<std::string> header_names;
    for (const auto& header : webhook.headers)
        header_names.push_back(header.name());
    if (!header_names.empty())
        append_member(out, "headerNames", header_names);
    out += '}';
}

std::string with_secrets(const botcore::webhook& webhook)
{
    std::vector<std::string> secrets;
    for (const auto& secret : webhook.secrets)
        secrets.push_back(secret.text());
    auto out = to_json(webhook);
    out.pop_back();
    append_member(out, "secrets", secrets);
    return out + '}';
}

void append_json(std::string& out, const botcore::delivery& delivery)
{
    const auto index = static_cast<std::size_t>(delivery.state);
    out += R"({"id":)";
    append_json(out, botcore::delivery_name(delivery.webhook, delivery.message));
    append_member(out, "messageId", delivery.message.text());
    append_member(out, "conversationId", delivery.conversation.text());
    append_member(out, "status", botcore::delivery_state_names.at(index).second);
    out.append(R"(,"tries":)").append(std::to_string(delivery.tries));
    if (const auto& last = delivery.last) {
        out.append(R"(,"lastTry":{"at":)");
        append_json(out, botcore::timestamp::from_clock(last->ended).text());
        if (last->status)
            out.append(R"(,"status":)").append(std::to_string(*last->status));
        if (!last->failure.empty())
            append_member(out, "failure", last->failure);
        out += '}';
    }
    out += '}';
}

void append_json(std::string& out, const botcore::webhook_trial& trial)
{
    out.append(R"({"durationMs":)").append(std::to_string(trial.duration.count()));
    if (!trial.status) {
        append_member(out, "failure", trial.failure);
        out += '}';
        return;
    }
    out.append(R"(,"status":)").append(std::to_string(*trial.status));
    out += R"(,"headers":{)";
    for (const auto& [name, value] : trial.headers) {
        if (out.back() != '{')
            out += ',';
        append_json(out, name);
        out += ':';
        append_json(out, value);
    }
    out += '}';
    append_member(out, "body", trial.body);
    out += '}';
}

}  // namespace botapi::http
