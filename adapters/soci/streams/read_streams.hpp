#pragma once

#include "adapters/soci/bots/bot_fence/stream_horizon.hpp"
#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/stream.hpp>
#include <botcore/result.hpp>

#include <span>
#include <vector>

namespace botapi::sql {

using stream_parts = std::vector<botcore::result<botcore::stream_part>>;

/// Reads parts of streams from SQLite, where one writer at a time makes arrivals visible in order.
stream_parts read_streams_one_by_one(session& on, std::span<const botcore::stream_query> queries);

/// Reads parts of streams from PostgreSQL in one round trip, those of bots up to the horizon. Adds
/// those that have more to `held_up`.
stream_parts read_streams_at_once(
    session& on,
    std::span<const botcore::stream_query> queries,
    horizon_memory& horizon,
    std::vector<botcore::stream_id>& held_up
);

}  // namespace botapi::sql
