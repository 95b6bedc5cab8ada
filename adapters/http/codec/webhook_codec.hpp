#pragma once

#include <botcore/app/webhook_service.hpp>
#include <botcore/domain/stream_position.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace botapi::http {

/// Reads the new state of a webhook from a body.
///
/// Errors: those of `webhook_service::prepare`.
botcore::result<botcore::webhook_write> read_webhook(
    const boost::json::value& value,
    botcore::bot_id bot,
    std::string_view name,
    botcore::webhook_service& webhooks
);

/// Where a replay begins: `{"after": "start"}`, or a cursor of the bot's stream.
///
/// Errors: `invalid_argument` with a fault.
botcore::result<botcore::stream_position> read_replay(
    const boost::json::value& value,
    botcore::bot_id bot
);

/// A webhook with its secrets, as JSON. All other answers have only hints of the secrets.
std::string with_secrets(const botcore::webhook& webhook);

}  // namespace botapi::http
