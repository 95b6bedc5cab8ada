#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of `/conversations`. Keeps a reference: the argument must outlive the routes.
std::vector<route> conversations_routes(gateway& gateway);

}  // namespace botapi::http
