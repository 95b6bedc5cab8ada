#pragma once

#include "adapters/http/api/subscription_session.hpp"
#include "adapters/http/protocol/cors.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The route of `/stream`. Keeps references: the arguments must outlive the route and its sockets.
std::vector<route> stream_routes(const stream_context& context, const cors& origins);

}  // namespace botapi::http
