#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/router.hpp"

#include <vector>

namespace botapi::http {

/// The routes of `/keys`. Keep references.
std::vector<route> keys_routes(gateway& gateway, const limits& limits);

}  // namespace botapi::http
