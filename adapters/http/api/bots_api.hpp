#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of `/bots`. Keeps references: the arguments must outlive the routes.
std::vector<route> bots_routes(gateway& gateway, const limits& limits);

}  // namespace botapi::http
