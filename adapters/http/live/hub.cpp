#include "adapters/http/live/hub.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <utility>

namespace botapi::http {

using namespace std::chrono_literals;

namespace {

constexpr auto look_interval = 250ms;

}  // namespace

hub::hub(gateway& gateway, live_options options, hub_observer observer, botcore::log& log)
    : gateway_{gateway}, options_{options}, observer_{std::move(observer)}, log_{log}
{
    subscription_ = gateway_.direct().streams.listen(
        [this](std::span<const botcore::stream_id> grown) { note(grown); }
    );
}

hub::~hub() = default;

loop_followers& hub::followers_on(const boost::asio::any_io_executor& loop)
{
    const auto* const key = &boost::asio::query(loop, boost::asio::execution::context);
    const std::lock_guard lock{mutex_};
    auto& found = loops_[key];
    if (!found)
        found = std::make_unique<loop_followers>(loop);
    return *found;
}

std::shared_ptr<feed> hub::join(const stream_view& view, loop_followers& at)
{
    observer_.followers_changed(1);
    const std::lock_guard lock{mutex_};
    auto joined = find_or_make(view);
    const auto counted = std::ranges::find(joined->loops, &at, &loop_follower_count::first);
    if (counted == joined->loops.end()) {
        joined->loops.emplace_back(&at, 1);
    } else
        ++counted->second;
    return joined;
}

/// The caller holds the mutex.
std::shared_ptr<feed> hub::find_or_make(const stream_view& view)
{
    auto& views = feeds_[view.stream];
    const auto is_wanted = [&](const auto& one) { return one->view == view; };
    if (const auto found = std::ranges::find_if(views, is_wanted); found != views.end())
        return *found;
    views.push_back(std::make_shared<feed>(view));
    views.back()->due = next_look();
    observer_.feeds_changed(1);
    return views.back();
}

void hub::leave(const std::shared_ptr<feed>& left, loop_followers& at)
{
    observer_.followers_changed(-1);
    const std::lock_guard lock{mutex_};
    const auto counted = std::ranges::find(left->loops, &at, &loop_follower_count::first);
    if (--counted->second == 0)
        left->loops.erase(counted);
    if (left->loops.empty())
        forget(left);
}

void hub::start(const std::shared_ptr<feed>& followed, const botcore::stream_position& end)
{
    const std::lock_guard lock{mutex_};
    followed->kept.start_at(end);
    if (std::exchange(followed->has_news, false))
        schedule(followed);
}

void hub::refresh(const std::shared_ptr<feed>& followed)
{
    const std::lock_guard lock{mutex_};
    schedule(followed);
}

void hub::look_around(clock::time_point now)
{
    auto due = look_due_.load();
    const auto next = (now + look_interval).time_since_epoch().count();
    if (now.time_since_epoch().count() < due || !look_due_.compare_exchange_strong(due, next))
        return;
    const std::lock_guard lock{mutex_};
    for (const auto& [stream, views] : feeds_) {
        for (const auto& one : views) {
            if (one->due <= now)
                schedule(one);
        }
    }
}

void hub::note(std::span<const botcore::stream_id> grown)
{
    const std::lock_guard lock{mutex_};
    const auto schedule_all = [this](const feeds& views) {
        for (const auto& one : views)
            schedule(one);
    };
    if (grown.empty()) {
        for (const auto& [stream, views] : feeds_)
            schedule_all(views);
    }
    for (const auto& stream : grown) {
        if (const auto found = feeds_.find(stream); found != feeds_.end())
            schedule_all(found->second);
    }
}

/// Queues a read of the feed. If a read is running, another one follows it. The caller holds the
/// mutex.
void hub::schedule(const std::shared_ptr<feed>& one)
{
    if (!one->kept.reached()) {
        one->has_news = true;
        return;
    }
    if (one->state == feed::state::reading)
        one->state = feed::state::reading_again;
    if (one->state != feed::state::idle)
        return;
    one->state = feed::state::queued;
    queue_.push_back(one);
    if (!std::exchange(is_draining_, true))
        gateway_.post([this](services& core) { drain(core); });
}

/// Forgets a feed, so that later followers get a new one. The caller holds the mutex.
void hub::forget(const std::shared_ptr<feed>& one)
{
    const auto found = feeds_.find(one->view.stream);
    if (found == feeds_.end())
        return;
    if (std::erase(found->second, one) > 0)
        observer_.feeds_changed(-1);
    if (found->second.empty())
        feeds_.erase(found);
}

/// The time of a feed's next read without a hint. The pause is random, so that feeds that were made
/// together are not always read together. The caller holds the mutex.
hub::clock::time_point hub::next_look()
{
    std::uniform_real_distribution<double> factor{0.75, 1.25};
    const auto pause = options_.poll * factor(jitter_);
    return clock::now() + std::chrono::duration_cast<clock::duration>(pause);
}

}  // namespace botapi::http
