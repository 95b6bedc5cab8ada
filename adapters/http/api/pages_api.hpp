#pragma once

#include "adapters/http/protocol/route.hpp"

#include <vector>

namespace botapi::http {

/// The routes of the documentation: `/openapi.json`, `/docs` and what it loads, `/problems`.
std::vector<route> pages_routes();

}  // namespace botapi::http
