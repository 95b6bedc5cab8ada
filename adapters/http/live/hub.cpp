#include "adapters/http/live/hub.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>

namespace botapi::http {

using namespace std::chrono_literals;

namespace {

constexpr auto look_interval = 250ms;
constexpr auto reread_interval = 1s;  ///< After a read that failed.
constexpr auto read_max = 10s;        ///< For the storage to answer.

// What is read at once is in memory at once.
constexpr std::size_t batch_max = 128;    ///< Feeds that are read in one call.
constexpr std::size_t messages_max = 16;  ///< Of each.

}  // namespace

hub::hub(gateway& gateway, live_options options, hub_observer observer, botcore::log& log)
    : gateway_{gateway}, options_{options}, observer_{std::move(observer)}, log_{log}
{
    subscription_ = gateway_.direct().streams.listen(
        [this](std::span<const botcore::stream_id> grown) { note(grown); }
    );
}

hub::~hub() = default;

desk& hub::desk_of(const boost::asio::any_io_executor& loop)
{
    const auto* const key = &boost::asio::query(loop, boost::asio::execution::context);
    const std::lock_guard lock{mutex_};
    auto& found = desks_[key];
    if (!found)
        found = std::make_unique<desk>(loop);
    return *found;
}

std::shared_ptr<feed> hub::join(
    const botcore::stream_id& stream,
    const botcore::visible_bots& visible,
    desk& at
)
{
    observer_.followers_changed(1);
    const std::lock_guard lock{mutex_};
    const auto joined = find_or_make(stream, visible);
    const auto counted = std::ranges::find(joined->desks, &at, &desk_count::first);
    if (counted == joined->desks.end()) {
        joined->desks.emplace_back(&at, 1);
    } else
        ++counted->second;
    return joined;
}

/// With the mutex.
std::shared_ptr<feed> hub::find_or_make(
    const botcore::stream_id& stream,
    const botcore::visible_bots& visible
)
{
    auto& views = feeds_[stream];
    const auto is_wanted = [&](const auto& one) { return one->visible == visible; };
    if (const auto found = std::ranges::find_if(views, is_wanted); found != views.end())
        return *found;
    views.push_back(std::make_shared<feed>(stream, visible));
    views.back()->due = next_look();
    observer_.feeds_changed(1);
    return views.back();
}

void hub::leave(const std::shared_ptr<feed>& left, desk& at)
{
    observer_.followers_changed(-1);
    const std::lock_guard lock{mutex_};
    const auto counted = std::ranges::find(left->desks, &at, &desk_count::first);
    if (--counted->second == 0)
        left->desks.erase(counted);
    if (left->desks.empty())
        forget(left);
}

void hub::start(const std::shared_ptr<feed>& followed, botcore::stream_position end)
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

/// Sees to it that a feed is read from here on, once or once more. With the mutex.
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

/// Reads what waits, batch by batch, as a coalescer does. There is one drain at a time: what is
/// read of a feed is in order.
void hub::drain(services& core)
{
    constexpr unsigned turn = 16;
    for (unsigned batch = 0; batch < turn; ++batch) {
        const auto taken = take_queued();
        if (taken.empty())
            return;
        read(core, taken);
    }
    gateway_.post([this](services& again) { drain(again); });
}

/// Nothing, and no drain is under way, if nothing waits.
hub::feeds hub::take_queued()
{
    feeds taken;
    const std::lock_guard lock{mutex_};
    while (!queue_.empty() && taken.size() < batch_max) {
        auto& next = queue_.front();
        next->state = next->desks.empty() ? feed::state::idle : feed::state::reading;
        if (!next->desks.empty())
            taken.push_back(std::move(next));
        queue_.pop_front();
    }
    is_draining_ = !taken.empty();
    return taken;
}

void hub::read(services& core, const feeds& taken)
{
    std::vector<botcore::stream_query> queries;
    queries.reserve(taken.size());
    for (const auto& one : taken) {
        queries.push_back(
            {.stream = one->stream,
             .after = one->kept.reached(),
             .limit = messages_max,
             .visible = one->visible}
        );
    }
    std::vector<botcore::result<botcore::stream_part>> parts;
    try {
        parts = core.streams.read(queries, clock::now() + read_max);
        if (parts.size() != taken.size())
            throw std::logic_error{"A read of streams got too few or too many answers."};
    } catch (const std::exception& failure) {
        parts.assign(taken.size(), refuse(botcore::errc::internal, failure.what()));
    }
    for (std::size_t at = 0; at < taken.size(); ++at) {
        if (parts[at]) {
            publish(taken[at], *parts[at]);
        } else
            give_up(taken[at], parts[at].error());
    }
}

void hub::publish(const std::shared_ptr<feed>& one, const botcore::stream_part& part)
{
    std::shared_ptr<const event_batch> made;  // Shared by all who are sent it.
    if (!part.messages.empty()) {
        made = std::make_shared<const event_batch>(one->stream, part.messages);
        observer_.rendered(made->count());
    }
    const auto size = made ? made->size() : 0;
    one->kept.append(part.reached, std::move(made));

    const std::lock_guard lock{mutex_};
    one->due = next_look();
    settle(one, !part.is_end);
    if (size == 0)
        return;
    keep(one, size);
    tell_desks(one);
}

void hub::give_up(const std::shared_ptr<feed>& one, const botcore::error& why)
{
    const bool is_lost = why.code == botcore::errc::place_lost;
    if (is_lost) {
        one->kept.lose();
    } else if (why.code == botcore::errc::internal) {
        const std::string_view what = why.detail;
        log_.write(botcore::severity::error, "a stream can't be read", {{"what", what}});
    }

    const std::lock_guard lock{mutex_};
    one->state = feed::state::idle;
    one->due = clock::now() + reread_interval;
    if (!is_lost)
        return;
    forget(one);
    tell_desks(one);
}

/// Counts a batch that was kept, and lets the oldest ones go. With the mutex.
void hub::keep(const std::shared_ptr<feed>& one, std::size_t size)
{
    kept_.emplace_back(one, size);
    kept_size_ += size;
    observer_.size_changed(static_cast<std::ptrdiff_t>(size));
    while (kept_size_ > options_.kept_size_max) {
        const auto& [oldest, freed] = kept_.front();
        oldest->kept.drop_oldest();
        kept_size_ -= freed;
        observer_.size_changed(-static_cast<std::ptrdiff_t>(freed));
        kept_.pop_front();
    }
}

/// A feed has been read. With the mutex.
void hub::settle(const std::shared_ptr<feed>& one, bool must_go_on)
{
    const bool is_due = must_go_on || one->state == feed::state::reading_again;
    one->state = feed::state::idle;
    if (is_due)
        schedule(one);
}

void hub::tell_desks(const std::shared_ptr<feed>& grown)
{
    for (const auto& [at, count] : grown->desks)
        at->tell(grown);
}

/// Who comes from here on gets another feed. With the mutex.
void hub::forget(const std::shared_ptr<feed>& one)
{
    const auto found = feeds_.find(one->stream);
    if (found == feeds_.end())
        return;
    if (std::erase(found->second, one) > 0)
        observer_.feeds_changed(-1);
    if (found->second.empty())
        feeds_.erase(found);
}

/// When to read a feed without a hint: feeds that were made together are not read together for
/// ever. With the mutex.
hub::clock::time_point hub::next_look()
{
    std::uniform_real_distribution<double> factor{0.75, 1.25};
    const auto pause = options_.poll * factor(jitter_);
    return clock::now() + std::chrono::duration_cast<clock::duration>(pause);
}

}  // namespace botapi::http
