#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of `/keys`. Keep references.
std::vector<route> keys_routes(gateway& gateway, key_ring& ring, const limits& limits);

}  // namespace botapi::http
