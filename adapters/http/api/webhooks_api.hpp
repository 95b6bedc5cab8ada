#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of a bot's webhooks. Both arguments must outlive them.
std::vector<route> webhooks_routes(gateway& gateway, const limits& limits);

/// The webhook that the path names. Errors: `not_found`, also for a bot that the client may not
/// see; and those of the storage.
gateway::awaitable<botcore::webhook> find_webhook(gateway& gateway, const request& request);

}  // namespace botapi::http
