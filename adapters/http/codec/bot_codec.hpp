#pragma once

#include <botcore/app/bot_service.hpp>
#include <botcore/domain/access.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <optional>

namespace botapi::http {

/// Reads a registration from a body. `addressed` is the id in the path, if there is one: the bot
/// gets this id. `visible` are the bots that the client may see.
///
/// Errors: those of `bot_service::prepare` and `parse_bot_change`.
botcore::result<botcore::bot_registration> read_registration(
    const boost::json::value& value,
    const std::optional<botcore::idempotency_key>& key,
    const botcore::visible_bots& visible,
    botcore::bot_service& bots,
    const std::optional<botcore::bot_id>& addressed
);

/// Reads a change of the bot in the path from a body. `whole` says whether a name is required.
///
/// Errors: those of `parse_bot_change`.
botcore::result<botcore::bot_change> read_change(
    const boost::json::value& value,
    botcore::bot_id addressed,
    bool whole
);

}  // namespace botapi::http
