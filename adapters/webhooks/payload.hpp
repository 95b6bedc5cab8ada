#pragma once

#include <botcore/domain/message.hpp>

#include <string>

namespace botapi::webhooks {

/// What a webhook is told of a message, as JSON: the same in every try.
///
/// `type` is the event, `timestamp` the message's, and `data` has the message as the API shows it,
/// its bot, its number in its conversation, and the place after it in the bot's stream.
std::string payload_of(const botcore::message& sent);

/// The same of a message that nobody wrote, with the type `webhook.test`.
std::string sample_payload(botcore::bot_id bot, botcore::instant now);

}  // namespace botapi::webhooks
