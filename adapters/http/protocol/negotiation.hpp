#pragma once

#include "adapters/http/protocol/message.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace botapi::http {

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view ndjson_type = "application/x-ndjson";
inline constexpr std::string_view event_stream_type = "text/event-stream";
inline constexpr std::string_view merge_patch_type = "application/merge-patch+json";

/// The type of `offered` that the client prefers (RFC 9110 section 12.5.1), the earlier one of
/// equals; nothing if its `Accept` excludes all. Without `Accept` it is the first. Only a client
/// that names one of the others gets it: a wildcard always means the first.
std::optional<std::string_view> negotiate(
    const request& request,
    std::initializer_list<std::string_view> offered
);

/// The media type of the body, as one of `allowed`; nothing if the body has another type, no type,
/// or an encoding other than UTF-8.
std::optional<std::string_view> content_type(
    const request& request,
    std::initializer_list<std::string_view> allowed
);

}  // namespace botapi::http
