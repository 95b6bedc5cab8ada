#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of the deliveries to webhooks. Both arguments must outlive the routes.
std::vector<route> deliveries_routes(gateway& gateway, const limits& limits);

}  // namespace botapi::http
