#include "adapters/webhooks/payload.hpp"

#include "adapters/wire/json_string.hpp"
#include "adapters/wire/message_json.hpp"

#include <botcore/domain/stream.hpp>
#include <botcore/domain/webhook.hpp>

#include <string_view>

namespace botapi::webhooks {

namespace {

/// Appends a member of an object whose value is text, and a comma.
void append(std::string& out, std::string_view name, std::string_view value)
{
    out.append(1, '"').append(name).append("\":");
    wire::append_json(out, value);
    out.append(1, ',');
}

/// `position` is that of the message in its bot's stream.
std::string payload_of(
    std::string_view type,
    const botcore::message& sent,
    const botcore::stream_position& position
)
{
    std::string out = "{";
    append(out, "type", type);
    append(out, "timestamp", sent.stamp.text());
    out += R"("data":{)";
    append(out, "botId", sent.way.bot.text());
    append(out, "cursor", botcore::to_text(sent.way.bot, position));
    out.append(R"("seq":)").append(std::to_string(sent.seq)).append(R"(,"message":)");
    wire::append_json(out, sent);
    return out + "}}";
}

}  // namespace

std::string payload_of(const botcore::message& sent)
{
    const auto position = position_in(sent.way.bot, sent);
    return payload_of(botcore::name_of(botcore::event_of(sent.way.way)), sent, position);
}

std::string sample_payload(botcore::bot_id bot, botcore::instant now)
{
    const botcore::message sample{
        .id = {},
        .conversation = {},
        .stamp = botcore::timestamp::from_clock(now),
        .way = {bot, botcore::direction::inbound, {}},
        .content = {"This is a test: nobody said it, and it is not stored."},
        .seq = 1};
    return payload_of("webhook.test", sample, botcore::stream_start);
}

}  // namespace botapi::webhooks
