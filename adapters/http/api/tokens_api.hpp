#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/router.hpp"

#include <vector>

namespace botapi::http {

/// The routes that give tokens for conversations.
std::vector<route> tokens_routes(gateway& gateway, const limits& limits);

}  // namespace botapi::http
