#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Splits the target of `request`, in origin form or absolute form (RFC 9112 section 3.2), into
/// `path` and `parameters`, which are decoded, and `host` if it has one. A `+` stays a plus, so
/// that timestamps need no escaping.
///
/// Returns the problem of a malformed target.
std::optional<problem> read_target(request& request);

/// Whether a text is a host, with or without a port, as in `api.example:8000` (RFC 9110 section
/// 7.2).
bool is_host(std::string_view text);

/// Decodes a segment of a path; nothing if it is badly encoded.
std::optional<std::string> decode_segment(std::string_view encoded);

/// A path and query with `parameters`, encoded: a relative reference (RFC 3986 section 4.2).
std::string make_target(std::string_view path, const std::vector<parameter>& parameters);

}  // namespace botapi::http
