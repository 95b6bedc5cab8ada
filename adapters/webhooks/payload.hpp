#pragma once

#include <botcore/domain/message.hpp>

#include <string>

namespace botapi::webhooks {

/// The body, in JSON, of the request that delivers a message. It is the same in every attempt.
///
/// `type` is the event, `timestamp` the message's, and `data` has the message as the API shows it,
/// its bot, its number in its conversation, and its cursor in the bot's stream.
std::string payload_of(const botcore::message& sent);

/// The same for a made-up message, with the type `webhook.test`.
std::string sample_payload(botcore::bot_id bot, botcore::instant now);

}  // namespace botapi::webhooks
