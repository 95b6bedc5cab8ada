#pragma once

#include "adapters/http/live/event_ring.hpp"
#include "adapters/wire/message_json.hpp"

#include <botcore/domain/access.hpp>
#include <botcore/domain/stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace botapi::http {

class loop_followers;

/// The followers of a feed on one event loop.
using loop_follower_count = std::pair<loop_followers*, std::size_t>;

/// A view of a stream. All callers that may see the same bots, and that request the same optional
/// members, share one.
struct stream_view {
    botcore::stream_id stream;
    botcore::visible_bots visible{};
    wire::message_extras extras{};

    friend bool operator==(const stream_view&, const stream_view&) = default;
};

/// A view of a stream that has followers.
///
/// Its followers, the thread that reads it and the thread that reports its growth share it.
struct feed {
    explicit feed(stream_view followed) : view{std::move(followed)} {}

    /// Whether a read is queued or running.
    enum class state : std::uint8_t { idle, queued, reading, reading_again };

    const stream_view view;
    event_ring kept{};

    // The following members belong to the hub, whose mutex guards them.

    feed::state state = state::idle;
    bool has_news = false;  ///< Whether the stream may have grown before the ring was started.
    std::chrono::steady_clock::time_point due{};  ///< The time of the next read without a hint.
    std::vector<loop_follower_count> loops{};     ///< The loops that have a follower.
};

}  // namespace botapi::http
