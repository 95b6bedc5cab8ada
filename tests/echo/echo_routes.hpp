#pragma once

#include "adapters/http/options.hpp"
#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http::testing {

/// Routes that answer every request with itself, and every message of a WebSocket with the same
/// message. Keeps a reference to `limits`.
std::vector<route> echo_routes(const limits& limits);

}  // namespace botapi::http::testing
