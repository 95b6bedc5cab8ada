#pragma once

#include <botcore/app/bot_service.hpp>
#include <botcore/domain/access.hpp>
#include <botcore/domain/idempotency.hpp>
#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <optional>

namespace botapi::http {

/// A registration from a body; the id in the path, if there is one, counts as the body's. `visible`
/// is what the client may know of.
///
/// Errors: those of `bot_service::prepare` and `parse_bot_change`.
botcore::result<botcore::bot_registration> read_registration(
    const boost::json::value& value,
    const std::optional<botcore::idempotency_key>& key,
    const botcore::visible_bots& visible,
    botcore::bot_service& bots,
    const std::optional<botcore::bot_id>& addressed
);

/// A change from a body, to the bot of the path. `whole` says whether a name is required.
///
/// Errors: those of `parse_bot_change`.
botcore::result<botcore::bot_change> read_change(
    const boost::json::value& value,
    botcore::bot_id addressed,
    bool whole
);

}  // namespace botapi::http
