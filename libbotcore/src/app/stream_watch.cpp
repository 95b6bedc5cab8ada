#include <botcore/app/stream_watch.hpp>

#include <algorithm>
#include <utility>

namespace botcore {

stream_watch::stream_watch(
    stream_store& streams,
    stream_query from,
    std::chrono::milliseconds poll_interval
)
    : streams_{streams}, next_{std::move(from)}, poll_interval_{poll_interval}
{
}

result<> stream_watch::run(const receiver& on_part, deadline until)
{
    const auto subscription = streams_.listen([this](std::span<const stream_id> grown) {
        note_growth(grown);
    });
    while (!is_over(until)) {
        const auto part = std::move(streams_.read(std::span{&next_, 1}, until).front());
        if (!part && part.error().code != errc::unavailable)
            return part.error();
        if (!part) {
            wait(until, false);
            continue;
        }
        next_.after = part->reached;
        if (!part->messages.empty())
            on_part(*part);
        if (part->is_end)
            wait(until, true);
    }
    return {};
}

void stream_watch::stop()
{
    {
        const std::lock_guard lock{mutex_};
        is_stopped_ = true;
    }
    changed_.notify_all();
}

void stream_watch::note_growth(std::span<const stream_id> grown)
{
    if (!grown.empty() && std::ranges::find(grown, next_.stream) == grown.end())
        return;
    {
        const std::lock_guard lock{mutex_};
        has_grown_ = true;
    }
    changed_.notify_all();
}

/// Whether `run` must end. If not, a read follows, so this also clears the hint: a hint that comes
/// later may be about messages that the read misses.
bool stream_watch::is_over(deadline until)
{
    const std::lock_guard lock{mutex_};
    has_grown_ = false;
    return is_stopped_ || deadline::clock::now() >= until;
}

void stream_watch::wait(deadline until, bool for_hints)
{
    std::unique_lock lock{mutex_};
    const auto next = std::min(until, deadline::clock::now() + poll_interval_);
    changed_.wait_until(lock, next, [&] { return is_stopped_ || (for_hints && has_grown_); });
}

}  // namespace botcore
