#include "adapters/http/live/follower.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

namespace {

constexpr std::size_t first_count = 16;    ///< Messages in the first read: their size is unknown.
constexpr std::size_t part_size = 65'536;  ///< Approximate bytes in each later read.

}  // namespace

std::optional<start_position> parse_start(const botcore::stream_id& stream, std::string_view text)
{
    if (text == "start")
        return start_position{.after = botcore::stream_start};
    if (text == "now")
        return start_position{};
    if (const auto position = botcore::parse_stream_position(stream, text))
        return start_position{.after = *position};
    return std::nullopt;
}

follower::follower(
    hub& hub,
    const boost::asio::any_io_executor& loop,
    const stream_view& view,
    start_position start,
    std::function<void()> ready
)
    : hub_{hub},
      loop_followers_{hub.followers_on(loop)},
      feed_{hub.join(view, loop_followers_)},
      begin_{start.after},
      position_{start.after},
      limit_{first_count},
      ready_{std::move(ready)}
{
    loop_followers_.add(*feed_, *this);
}

follower::~follower()
{
    loop_followers_.remove(*feed_, *this);
    hub_.leave(feed_, loop_followers_);
}

awaitable<botcore::result<events>> follower::take(botcore::deadline until)
{
    using advice = event_ring::advice;

    is_waiting_ = false;
    for (bool has_read = false;;) {
        auto found = position_ ? feed_->kept.find(*position_, is_known_)
                               : event_ring::found{.advice = advice::read};
        if (found.advice == advice::lost) {
            change_feed();
            continue;
        }
        if (found.advice == advice::read && has_read) {
            // The store confirms a position that the feed does not know: the feed is out of date.
            // The next read makes it grow, or marks it as lost.
            hub_.refresh(feed_);
            is_waiting_ = true;
            co_return events{};
        }
        if (found.advice == advice::read) {
            auto read = co_await this->read(until);
            if (!read || !read->empty())
                co_return read;
            has_read = true;
            continue;
        }
        if (found.is_ahead)
            hub_.refresh(feed_);
        position_ = found.reached;
        is_known_ = true;
        is_waiting_ = found.advice == advice::wait;
        if (!is_waiting_)
            hub_.observer().delivered(found.more.batch->count() - found.more.first);
        co_return std::move(found.more);
    }
}

/// Reads the next messages from the store. The result is empty if none of them is visible.
awaitable<botcore::result<events>> follower::read(botcore::deadline until)
{
    const botcore::stream_query query{
        .stream = feed_->view.stream,
        .after = position_,
        .limit = limit_,
        .visible = feed_->view.visible};
    const auto part = co_await hub_.core().read(query, until);
    if (!part)
        co_return part.error();
    position_ = part->reached;
    is_known_ = true;
    if (!begin_)
        begin_ = position_;
    if (part->is_end)
        hub_.start(feed_, part->reached);
    if (part->messages.empty())
        co_return events{};

    const auto& view = feed_->view;
    const auto batch =
        std::make_shared<const event_batch>(view.stream, part->messages, view.extras);
    const std::size_t size = std::max<std::size_t>(batch->size() / batch->count(), 1);
    limit_ = std::clamp<std::size_t>(part_size / size, 4, botcore::page_size_max);
    hub_.observer().read_behind();
    hub_.observer().rendered(batch->count());
    hub_.observer().delivered(batch->count());
    co_return events{.batch = batch};
}

/// Joins a new feed, because the messages of the old one are no longer stored. The position of the
/// follower may still be valid: the next read of the store decides that.
void follower::change_feed()
{
    const auto lost = feed_;
    loop_followers_.remove(*lost, *this);
    feed_ = hub_.join(lost->view, loop_followers_);
    loop_followers_.add(*feed_, *this);
    hub_.leave(lost, loop_followers_);
    is_known_ = false;
}

void follower::wake()
{
    if (std::exchange(is_waiting_, false))
        ready_();
}

}  // namespace botapi::http
