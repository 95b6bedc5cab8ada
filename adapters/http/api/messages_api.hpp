#pragma once

#include "adapters/http/api/page_cache.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/live/hub.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of `/messages`. Keeps references: the arguments must outlive the routes.
std::vector<route> messages_routes(
    gateway& gateway,
    page_cache& cache,
    hub& live,
    const limits& limits
);

}  // namespace botapi::http
