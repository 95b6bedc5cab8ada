#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of what is to be delivered to webhooks. Both arguments must outlive them.
std::vector<route> deliveries_routes(gateway& gateway, const limits& limits);

}  // namespace botapi::http
