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

/// A stream as those see it who may know of the same bots, and want the same of each message.
struct stream_view {
    botcore::stream_id stream;
    botcore::visible_bots visible{};
    wire::message_extras extras{};

    friend bool operator==(const stream_view&, const stream_view&) = default;
};

/// A view of a stream that is followed.
///
/// It is shared: by its followers, and by whoever is about to read it or to tell that it has grown.
struct feed {
    explicit feed(stream_view followed) : view{std::move(followed)} {}

    /// What is being done about reading it.
    enum class state : std::uint8_t { idle, queued, reading, reading_again };

    const stream_view view;
    event_ring kept{};

    // What follows belongs to the hub, and is guarded by its mutex.

    feed::state state = state::idle;
    bool has_news = false;  ///< Has perhaps grown before the ring was started.
    std::chrono::steady_clock::time_point due{};  ///< When to look without a hint.
    std::vector<loop_follower_count> loops{};     ///< The loops that have a follower.
};

}  // namespace botapi::http
