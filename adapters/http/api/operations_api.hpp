#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "adapters/http/protocol/route.hpp"

#include <atomic>
#include <vector>

namespace botapi::http {

/// The routes for operators: `/healthz`, `/readyz` and `/metrics`. While the server `is_leaving`,
/// the first two refuse, so that balancers send their requests to other servers. Keeps references:
/// the arguments must outlive the routes.
std::vector<route> operations_routes(
    gateway& gateway,
    metrics& metrics,
    const std::atomic<bool>& is_leaving
);

}  // namespace botapi::http
