#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/live/feed.hpp"
#include "adapters/http/live/loop_followers.hpp"
#include "adapters/http/metrics/hub_observer.hpp"
#include "adapters/http/options.hpp"

#include <botcore/domain/stream.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/stream_store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http {

/// The source of messages for all live transports.
///
/// Each followed view of a stream is one feed, however many clients follow it on however many
/// threads. When streams grow, the hub reads them once, together. It renders the messages once,
/// keeps them for a while, and wakes the followers, which take them.
///
/// Thread safety: any number of threads at once, unless said otherwise.
class hub {
public:
    using clock = std::chrono::steady_clock;

    /// Keeps references. The event loops of the followers may be destroyed before the hub, but only
    /// after the storage threads have ended.
    hub(gateway& gateway, live_options options, hub_observer observer, botcore::log& log);
    ~hub();

    hub(const hub&) = delete;
    hub& operator=(const hub&) = delete;

    /// Reads the feeds that were not read for long, in case a hint was lost. Call it several times
    /// a second.
    void look_around(clock::time_point now);

    // For followers:

    /// The followers on an event loop.
    loop_followers& followers_on(const boost::asio::any_io_executor& loop);

    /// Counts a follower of this view of a stream, and returns its feed; makes one if necessary.
    /// `leave` is the inverse.
    std::shared_ptr<feed> join(const stream_view& view, loop_followers& at);
    void leave(const std::shared_ptr<feed>& left, loop_followers& at);

    /// Starts a feed at `end`, which the store has just reported as the end of the stream. Does
    /// nothing if the feed has been started.
    void start(const std::shared_ptr<feed>& followed, const botcore::stream_position& end);

    /// Reads a feed as soon as possible.
    void refresh(const std::shared_ptr<feed>& followed);

    [[nodiscard]] gateway& core() noexcept { return gateway_; }
    [[nodiscard]] const live_options& options() const noexcept { return options_; }
    [[nodiscard]] const hub_observer& observer() const noexcept { return observer_; }

private:
    using feeds = std::vector<std::shared_ptr<feed>>;

    std::shared_ptr<feed> find_or_make(const stream_view& view);
    void note(std::span<const botcore::stream_id> grown);
    void schedule(const std::shared_ptr<feed>& one);
    void drain(services& core);
    feeds take_queued();
    void read(services& core, const feeds& batch);
    void publish(const std::shared_ptr<feed>& one, const botcore::stream_part& part);
    void give_up(const std::shared_ptr<feed>& one, const botcore::error& why);
    void keep(const std::shared_ptr<feed>& one, std::size_t size);
    void settle(const std::shared_ptr<feed>& one, bool must_go_on);
    static void notify_loops(const std::shared_ptr<feed>& grown);
    void forget(const std::shared_ptr<feed>& one);
    clock::time_point next_look();

    gateway& gateway_;
    const live_options options_;
    const hub_observer observer_;
    botcore::log& log_;
    std::atomic<clock::rep> look_due_{0};

    std::mutex mutex_;
    std::map<const boost::asio::execution_context*, std::unique_ptr<loop_followers>> loops_{};
    std::map<botcore::stream_id, feeds> feeds_{};
    std::deque<std::shared_ptr<feed>> queue_{};
    bool is_draining_ = false;
    std::deque<std::pair<std::shared_ptr<feed>, std::size_t>> kept_{};  ///< Batches, oldest first.
    std::size_t kept_size_ = 0;                                         ///< Bytes of all of them.
    std::minstd_rand jitter_{};

    /// The last member: it is destroyed before the members that its listener uses.
    std::unique_ptr<botcore::stream_subscription> subscription_{};
};

}  // namespace botapi::http
