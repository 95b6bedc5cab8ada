#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <string>
#include <string_view>

namespace botapi::http {

/// A path of the server, and the prefix under which the client sees all paths.
struct client_path {
    std::string_view prefix;  ///< Empty at the root.
    std::string_view path;
};

/// The members of a problem details object (RFC 9457 section 3.1), as JSON. `instance` is the path
/// of the request.
std::string to_json(const problem& problem, const client_path& instance);

/// An answer of type `application/problem+json`, with `Retry-After` where a retry makes sense.
response answer(const problem& problem, const request& request);

}  // namespace botapi::http
