#include "adapters/soci/server_talk.hpp"

#include <algorithm>
#include <utility>

namespace botapi::sql {

using botcore::stream_id;
using namespace std::chrono_literals;

namespace {

constexpr const char* channel = "botapi_streams";

constexpr auto here_every = 10s;
constexpr auto silence_max = 35s;  ///< Three times that, and a moment.

std::chrono::steady_clock::time_point now()
{
    return std::chrono::steady_clock::now();
}

}  // namespace

server_talk::server_talk(database_url url, botcore::log& log, hearer heard)
    : url_{std::move(url)},
      log_{log},
      heard_{std::move(heard)},
      line_{woken_, [this] { return is_over_(); }},
      random_{std::random_device{}()}
{
}

void server_talk::tell(std::span<const stream_id> grown)
{
    if (!has_others_)
        return;
    {
        const std::lock_guard lock{mutex_};
        untold_.add(grown);
    }
    wake();
}

void server_talk::work(const std::function<bool()>& is_over)
{
    is_over_ = is_over;
    if (!is_open_ && now() >= next_try_)
        open();
    if (!is_open_)
        return;
    hear();
    if (!say() && !is_over_())
        lose();
}

void server_talk::wait(moment until)
{
    if (!is_open_) {
        woken_.wait(std::min(until, next_try_));
        return;
    }
    if (has_others_)
        until = std::min(until, next_here_);
    if (!line_.wait(until))
        lose();
}

void server_talk::open()
{
    if (!line_.open(url_, channel)) {
        if (!is_over_())
            lose();
        return;
    }
    is_open_ = true;
    is_hello_due_ = true;
    if (std::exchange(failures_, 0) == 0)
        return;
    // Nobody knows what was said meanwhile, or what others were not told.
    log_.write(botcore::severity::info, "other servers are heard again");
    {
        const std::lock_guard lock{mutex_};
        untold_.add_any();
    }
    heard_({});
}

/// Others are told again once they are known again.
void server_talk::lose()
{
    if (failures_ == 0) {
        log_.write(
            botcore::severity::warning,
            "other servers can't be heard, so what they store is noticed late",
            {{"reason", line_.trouble()}}
        );
    }
    line_.close();
    is_open_ = false;
    has_others_ = false;
    const auto longest = std::min<std::chrono::milliseconds>(5s, 100ms * (1U << failures_));
    failures_ = std::min(failures_ + 1, 6U);
    next_try_ = now() + longest / 2 + longest / 2 * (random_() % 100) / 100;
}

void server_talk::hear()
{
    for (const auto& text : line_.take_heard()) {
        others_until_ = now() + silence_max;
        if (!has_others_.exchange(true))
            next_here_ = now();
        understand(parse_notice(text));
    }
    if (now() >= others_until_)
        has_others_ = false;
}

void server_talk::understand(const stream_notice& notice)
{
    switch (notice.what) {
        case stream_notice::kind::hello: is_here_due_ = true; break;
        case stream_notice::kind::here: break;
        case stream_notice::kind::grown: heard_(notice.streams); break;
    }
}

bool server_talk::say()
{
    using kind = stream_notice::kind;
    const auto say_one = [this](const stream_notice& notice) {
        next_here_ = now() + here_every;
        return line_.notify(to_text(notice));
    };
    if (std::exchange(is_hello_due_, false) && !say_one({.what = kind::hello}))
        return false;
    for (;;) {
        stream_notice next{.what = kind::here};
        {
            const std::lock_guard lock{mutex_};
            if (!untold_.is_empty())
                next = untold_.take();
            else if (!std::exchange(is_here_due_, false) && !(has_others_ && now() >= next_here_))
                return true;
        }
        if (!say_one(next))
            return false;
    }
}

}  // namespace botapi::sql
