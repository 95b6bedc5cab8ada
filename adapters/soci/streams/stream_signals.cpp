#include "adapters/soci/streams/stream_signals.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace botapi::sql {

using botcore::stream_id;
using namespace std::chrono_literals;

namespace {

/// The pause before a stream that is held up is read again. It is necessary because no notification
/// reports a rollback in another process.
constexpr auto retry_after = 50ms;

constexpr auto long_time = 60s;

}  // namespace

stream_signals::stream_signals(const database_route& route, botcore::log& log)
{
    if (route.url.dialect() == dialect::sqlite)
        return;
    notifier_.emplace(
        route.direct.value_or(route.url),
        log,
        [this](std::span<const stream_id> grown) { notify(grown); }
    );
}

std::unique_ptr<botcore::stream_subscription> stream_signals::listen(
    botcore::stream_store::listener on_change
)
{
    auto made = listeners_.add(std::move(on_change));
    if (notifier_) {
        std::call_once(is_started_, [this] {
            thread_ = std::jthread{[this](const std::stop_token& end) { run(end); }};
        });
    }
    return made;
}

void stream_signals::append_ended(std::span<const stream_id> grown)
{
    ++appends_ended_;
    if (grown.empty()) {
        notify_held_up();
        return;
    }
    notify(grown);
    if (notifier_)
        notifier_->publish(grown);
}

void stream_signals::held_up(std::span<const stream_id> streams, std::uint64_t appends_ended)
{
    // If an append has ended since the read began, it may be the append that held the streams up.
    const auto delay = appends_ended == appends_ended_ ? retry_after : 0ms;
    const auto due = std::chrono::steady_clock::now() + delay;
    {
        const std::lock_guard lock{mutex_};
        notify_at_ = held_up_.empty() ? due : std::min(notify_at_, due);
        held_up_.insert(streams.begin(), streams.end());
    }
    if (notifier_)
        notifier_->wake();
}

/// An empty `grown` means that any stream may have grown.
void stream_signals::notify(std::span<const stream_id> grown)
{
    auto all = take_held_up();
    if (grown.empty() || all.empty()) {
        listeners_.notify(grown);
        return;
    }
    all.insert(grown.begin(), grown.end());
    listeners_.notify(std::vector<stream_id>{all.begin(), all.end()});
}

void stream_signals::notify_held_up()
{
    if (const auto late = take_held_up(); !late.empty())
        listeners_.notify(std::vector<stream_id>{late.begin(), late.end()});
}

std::set<stream_id> stream_signals::take_held_up()
{
    const std::lock_guard lock{mutex_};
    return std::exchange(held_up_, {});
}

auto stream_signals::next_notification() const -> moment
{
    const std::lock_guard lock{mutex_};
    return held_up_.empty() ? std::chrono::steady_clock::now() + long_time : notify_at_;
}

void stream_signals::run(const std::stop_token& end)
{
    const std::stop_callback wakes{end, [this] { notifier_->wake(); }};
    while (!end.stop_requested()) {
        notifier_->work([&end] { return end.stop_requested(); });
        if (next_notification() <= std::chrono::steady_clock::now())
            notify_held_up();
        notifier_->wait(next_notification());
    }
}

}  // namespace botapi::sql
