#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes that issue tokens for conversations.
std::vector<route> tokens_routes(gateway& gateway, const key_ring& ring, const limits& limits);

}  // namespace botapi::http
