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

/// What the parameters of a stream ask for.
struct stream_request {
    botcore::stream_id stream{};
    start_position start{.after = botcore::stream_start};
    std::size_t limit = botcore::page_size_max;
    std::chrono::seconds wait{0};
    std::string_view type{};  ///< That of the answer.
    wire::message_extras extras{};
    std::optional<problem> fault{};
};

/// Whether `GET /messages` is asked for a stream, and not for a list: it says `after` or `wait`, or
/// wants Server-Sent Events.
bool is_about_stream(const request& asked);

/// Reads a request that is about a stream. `type` is that of the answer, as it was agreed upon.
stream_request read_stream_request(const request& asked, std::string_view type);

}  // namespace botapi::http
