#include "adapters/soci/streams/cluster_notifier.hpp"

#include <algorithm>
#include <utility>

namespace botapi::sql {

using botcore::stream_id;
using namespace std::chrono_literals;

namespace {

constexpr const char* channel = "botapi_streams";

constexpr auto heartbeat_interval = 10s;
constexpr auto silence_max = 35s;  ///< Three heartbeats, and a margin.

std::chrono::steady_clock::time_point now()
{
    return std::chrono::steady_clock::now();
}

}  // namespace

cluster_notifier::cluster_notifier(database_url url, botcore::log& log, receiver on_notice)
    : url_{std::move(url)},
      log_{log},
      receiver_{std::move(on_notice)},
      connection_{waker_, [this] { return is_over_(); }},
      random_{std::random_device{}()}
{
}

void cluster_notifier::publish(std::span<const stream_id> grown)
{
    if (!has_peers_)
        return;
    {
        const std::lock_guard lock{mutex_};
        pending_.add(grown);
    }
    wake();
}

void cluster_notifier::work(const std::function<bool()>& is_over)
{
    is_over_ = is_over;
    if (!is_open_ && now() >= next_try_)
        open();
    if (!is_open_)
        return;
    receive();
    if (!send() && !is_over_())
        lose();
}

void cluster_notifier::wait(moment until)
{
    if (!is_open_) {
        waker_.wait(std::min(until, next_try_));
        return;
    }
    if (has_peers_)
        until = std::min(until, next_heartbeat_);
    if (!connection_.wait(until))
        lose();
}

void cluster_notifier::open()
{
    if (!connection_.open(url_, channel)) {
        if (!is_over_())
            lose();
        return;
    }
    is_open_ = true;
    is_join_due_ = true;
    if (std::exchange(failures_, 0) == 0)
        return;
    // Notifications in both directions may have been lost during the interruption.
    log_.write(botcore::severity::info, "notifications of other servers are received again");
    {
        const std::lock_guard lock{mutex_};
        pending_.add_any();
    }
    receiver_({});
}

/// Closes the connection. After a reconnect, the peers' answers to `join` let this server send
/// again.
void cluster_notifier::lose()
{
    if (failures_ == 0) {
        log_.write(
            botcore::severity::warning,
            "notifications of other servers can't be received: their messages arrive late",
            {{"reason", connection_.failure_reason()}}
        );
    }
    connection_.close();
    is_open_ = false;
    has_peers_ = false;
    const auto longest = std::min<std::chrono::milliseconds>(5s, 100ms * (1U << failures_));
    failures_ = std::min(failures_ + 1, 6U);
    next_try_ = now() + longest / 2 + longest / 2 * (random_() % 100) / 100;
}

void cluster_notifier::receive()
{
    for (const auto& text : connection_.take_received()) {
        peers_until_ = now() + silence_max;
        if (!has_peers_.exchange(true))
            next_heartbeat_ = now();
        handle(parse_cluster_notice(text));
    }
    if (now() >= peers_until_)
        has_peers_ = false;
}

void cluster_notifier::handle(const cluster_notice& notice)
{
    switch (notice.what) {
        case cluster_notice::kind::join: is_heartbeat_due_ = true; break;
        case cluster_notice::kind::heartbeat: break;
        case cluster_notice::kind::grown: receiver_(notice.streams); break;
    }
}

bool cluster_notifier::send()
{
    using kind = cluster_notice::kind;
    const auto send_one = [this](const cluster_notice& notice) {
        next_heartbeat_ = now() + heartbeat_interval;
        return connection_.notify(to_text(notice));
    };
    if (std::exchange(is_join_due_, false) && !send_one({.what = kind::join}))
        return false;
    for (;;) {
        cluster_notice next{.what = kind::heartbeat};
        {
            const std::lock_guard lock{mutex_};
            if (!pending_.is_empty())
                next = pending_.take();
            else if (!std::exchange(is_heartbeat_due_, false) && !(has_peers_ && now() >= next_heartbeat_))
                return true;
        }
        if (!send_one(next))
            return false;
    }
}

}  // namespace botapi::sql
