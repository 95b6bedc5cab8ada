#pragma once

#include "adapters/http/protocol/message.hpp"

#include <string_view>

namespace botapi::http {

/// Whether the text can be a prefix of paths, as in `/chat` or `/api/v1`: segments of letters,
/// digits, `-`, `.`, `_` and `~`, each after a slash, and neither `.` nor `..`; at most 200 bytes.
bool is_path_prefix(std::string_view text) noexcept;

/// Notes the prefix under which the client sees the server, and removes `base_path` from the path.
///
/// The prefix is that in `X-Forwarded-Prefix` if a trusted proxy sent the request; such a proxy has
/// already removed it from the path. Otherwise it is `base_path`. Values of that header which are
/// no prefix are ignored.
void take_prefix(request& request, std::string_view base_path, bool is_from_trusted_proxy);

/// Writes the prefix before the paths in an answer's `Location` and `Link`. Bodies have it from the
/// start: those of problems and documents, in whatever they are sent. Pages need nothing: their
/// links are relative.
void add_prefix(const request& request, response& answer);

}  // namespace botapi::http
