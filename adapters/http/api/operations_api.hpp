#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes for operators: `/healthz`, `/readyz` and `/metrics`. Keeps references:
/// the arguments must outlive the routes.
std::vector<route> operations_routes(gateway& gateway, const metrics& metrics);

}  // namespace botapi::http
