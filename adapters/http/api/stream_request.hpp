#pragma once

#include "adapters/http/live/follower.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/wire/message_json.hpp"

#include <botcore/domain/page.hpp>
#include <botcore/domain/stream.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace botapi::http {

/// The parameters of a stream.
struct stream_request {
    botcore::stream_id stream{};
    start_position start{.after = botcore::stream_start};
    std::size_t limit = botcore::page_size_max;
    std::chrono::seconds wait{0};
    std::string_view type{};  ///< The media type of the answer.
    wire::message_extras extras{};
    std::optional<problem> fault{};
};

/// Whether `GET /messages` requests a stream instead of a list: it has `after` or `wait`, or
/// accepts Server-Sent Events.
bool is_about_stream(const request& request);

/// Reads a request for a stream. `type` is the negotiated media type of the answer.
stream_request read_stream_request(const request& request, std::string_view type);

}  // namespace botapi::http
