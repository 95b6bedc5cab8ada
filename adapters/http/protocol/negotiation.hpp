#pragma once

#include "adapters/http/protocol/message.hpp"

#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace botapi::http {

inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view ndjson_type = "application/x-ndjson";
inline constexpr std::string_view event_stream_type = "text/event-stream";
inline constexpr std::string_view merge_patch_type = "application/merge-patch+json";

/// All names of NDJSON, the usual one first: none is registered, and clients use all of them.
inline constexpr std::array<std::string_view, 4> ndjson_types{
    ndjson_type,
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines"};

/// The type of `offered` that the client prefers (RFC 9110 section 12.5.1), the earlier one of
/// equals; nothing if its `Accept` excludes all. Without `Accept` it is the first. Only a client
/// that names one of the others gets it: a wildcard always means the first. For NDJSON it is the
/// name that the client uses.
std::optional<std::string_view> negotiate(
    const request& request,
    std::initializer_list<std::string_view> offered
);

/// The media type of the body, as one of `allowed`, by whichever of its names; nothing if the body
/// has another type, no type, or an encoding other than UTF-8.
std::optional<std::string_view> content_type(
    const request& request,
    std::initializer_list<std::string_view> allowed
);

}  // namespace botapi::http
