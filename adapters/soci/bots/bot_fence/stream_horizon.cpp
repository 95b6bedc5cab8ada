#include "adapters/soci/bots/bot_fence/stream_horizon.hpp"

#include <algorithm>
#include <tuple>

namespace botapi::sql {

namespace {

/// Whether the writer is a prepared transaction. It had another id before PREPARE TRANSACTION, and
/// an earlier look may have seen it under that id.
bool is_prepared(const std::string& writer)
{
    return writer.starts_with('-');
}

}  // namespace

stream_horizon stream_horizon::after(const horizon_look& seen) const
{
    const bool holds = seen.session <= session_;
    stream_horizon made;
    made.session_ = holds ? session_ : seen.session;
    made.last_ = seen.last;
    for (const auto& writer : seen.writers) {
        const auto known = floors_.find(writer);
        std::uint64_t floor = 0;
        if (holds && known != floors_.end())
            floor = known->second;
        else if (holds && !is_prepared(writer))
            floor = last_;
        made.floors_.emplace(writer, floor);
    }
    return made;
}

std::uint64_t stream_horizon::safe() const noexcept
{
    auto least = last_;
    for (const auto& [writer, floor] : floors_)
        least = std::min(least, floor);
    return least;
}

bool stream_horizon::is_newer_than(const stream_horizon& other) const noexcept
{
    return std::tie(session_, last_) > std::tie(other.session_, other.last_);
}

stream_horizon horizon_memory::recall() const
{
    const std::lock_guard lock{mutex_};
    return latest_;
}

void horizon_memory::learn(const stream_horizon& found)
{
    const std::lock_guard lock{mutex_};
    if (found.is_newer_than(latest_))
        latest_ = found;
}

}  // namespace botapi::sql
