#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <string>
#include <string_view>

namespace botapi::http {

/// The members of a problem details object (RFC 9457 section 3.1), as JSON. `instance` is the path
/// of the request.
std::string to_json(const problem& problem, std::string_view instance);

/// An answer of type `application/problem+json`, with `Retry-After` where a retry makes sense.
response answer(const problem& problem, std::string_view instance);

}  // namespace botapi::http
