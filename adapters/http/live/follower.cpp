#include "adapters/http/live/follower.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

namespace {

constexpr std::size_t first_count = 16;    ///< Messages that are read when their size is unknown.
constexpr std::size_t part_size = 65'536;  ///< Bytes to be read at once, about.

}  // namespace

std::optional<start_place> parse_start(const botcore::stream_id& stream, std::string_view text)
{
    if (text == "start")
        return start_place{.after = 0};
    if (text == "now")
        return start_place{};
    if (const auto place = botcore::parse_stream_position(stream, text))
        return start_place{.after = *place};
    return std::nullopt;
}

follower::follower(
    hub& hub,
    const boost::asio::any_io_executor& loop,
    const botcore::stream_id& stream,
    const botcore::visible_bots& visible,
    start_place start,
    std::function<void()> ready,
    const wire::message_extras& extras
)
    : hub_{hub},
      loop_followers_{hub.followers_on(loop)},
      feed_{hub.join(stream, visible, extras, loop_followers_)},
      place_{start.after},
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
    for (;;) {
        auto found = place_ ? feed_->kept.find(*place_, is_known_)
                            : event_ring::found{.advice = advice::read};
        if (found.advice == advice::lost)
            co_return botcore::place_lost(feed_->stream);
        if (found.advice == advice::read) {
            auto read = co_await this->read(until);
            if (!read || !read->empty())
                co_return read;
            continue;
        }
        if (found.is_ahead)
            hub_.refresh(feed_);
        place_ = found.reached;
        is_known_ = true;
        is_waiting_ = found.advice == advice::wait;
        if (!is_waiting_)
            hub_.observer().delivered(found.more.batch->count() - found.more.first);
        co_return std::move(found.more);
    }
}

/// Reads on from the store. Nothing, if nothing came that may be seen.
awaitable<botcore::result<events>> follower::read(botcore::deadline until)
{
    const botcore::stream_query wanted{
        .stream = feed_->stream,
        .after = place_,
        .limit = limit_,
        .visible = feed_->visible};
    const auto part = co_await hub_.core().read(wanted, until);
    if (!part)
        co_return part.error();
    place_ = part->reached;
    is_known_ = true;
    if (part->is_end)
        hub_.start(feed_, part->reached);
    if (part->messages.empty())
        co_return events{};

    const auto made =
        std::make_shared<const event_batch>(feed_->stream, part->messages, feed_->extras);
    const std::size_t size = std::max<std::size_t>(made->size() / made->count(), 1);
    limit_ = std::clamp<std::size_t>(part_size / size, 4, botcore::page_size_max);
    hub_.observer().read_behind();
    hub_.observer().rendered(made->count());
    hub_.observer().delivered(made->count());
    co_return events{.batch = made};
}

void follower::wake()
{
    if (std::exchange(is_waiting_, false))
        ready_();
}

}  // namespace botapi::http
