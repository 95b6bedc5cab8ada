#include "adapters/webhooks/name_resolver.hpp"

#include "adapters/webhooks/pace_limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace botapi::webhooks {

namespace asio = boost::asio;

using boost::system::error_code;
using botcore::pace;
using std::chrono::steady_clock;
using tcp = asio::ip::tcp;

/// One look-up. The waiting coroutine and the resolver's thread share it, because either may end
/// first.
struct name_resolver::lookup {
    lookup(asio::any_io_executor of_caller, steady_clock::time_point until)
        : executor{std::move(of_caller)}, timer{executor, until}
    {
    }

    asio::any_io_executor executor;
    asio::steady_timer timer;  ///< Ends at the deadline. The answer cancels it, on `executor`.
    std::optional<resolved_name> answer{};  ///< Used on `executor`.
    botcore::bot_id bot{};
    std::string host{};
    std::uint16_t port = 0;
    steady_clock::time_point started_at{};
};

resolved_name look_up_with_system(const std::string& host, std::uint16_t port)
{
    asio::io_context unused;
    tcp::resolver resolver{unused};
    resolved_name found;
    const auto results = resolver.resolve(
        host,
        std::to_string(port),
        tcp::resolver::numeric_service | tcp::resolver::address_configured,
        found.error
    );
    for (const auto& one : results)
        found.addresses.push_back(one.endpoint());
    return found;
}

name_resolver::name_resolver(std::size_t threads, look_up_function look_up)
    : size_{threads}, look_up_{std::move(look_up)}, threads_{threads}
{
}

name_resolver::~name_resolver()
{
    {
        const std::lock_guard lock{mutex_};
        waiting_.clear();
    }
    threads_.join();
}

asio::awaitable<std::optional<resolved_name>> name_resolver::resolve(
    botcore::bot_id bot,
    std::string host,
    std::uint16_t port,
    steady_clock::time_point until
)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto one = std::make_shared<lookup>(executor, until);
    one->bot = bot;
    one->host = std::move(host);
    one->port = port;
    {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(one);
        begin_admitted();
    }
    auto answer_or_timeout = one->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(answer_or_timeout);
    if (!one->answer)
        give_up(one);
    co_return std::move(one->answer);
}

/// Starts waiting look-ups as long as `fair_slots` admits one. Look-ups of the bots that occupy the
/// fewest threads go first. The caller holds the mutex.
void name_resolver::begin_admitted()
{
    while (true) {
        const auto slots = slots_taken();
        auto best = waiting_.end();
        for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
            const auto bot = (*one)->bot;
            const bool is_first = best == waiting_.end() ||
                                  slots.taken_by(bot) < slots.taken_by((*best)->bot);
            if (is_first && slots.admits(bot, pace_of((*one)->host)))
                best = one;
        }
        if (best == waiting_.end())
            return;
        (*best)->started_at = steady_clock::now();
        running_.splice(running_.end(), waiting_, best);
        asio::post(threads_, [this, started = running_.back()] { run(started); });
    }
}

void name_resolver::run(const std::shared_ptr<lookup>& one)
{
    auto found = look_up_(one->host, one->port);
    asio::post(one->executor, [one, found = std::move(found)]() mutable {
        one->answer = std::move(found);
        one->timer.cancel();
    });
    const std::lock_guard lock{mutex_};
    const auto duration = steady_clock::now() - one->started_at;
    note(one->host, duration < slow_after ? pace::quick : pace::slow);
    running_.remove(one);
    begin_admitted();
}

void name_resolver::note(const std::string& host, pace speed)
{
    if (paces_.size() >= known_paces_max)
        paces_.clear();
    paces_.insert_or_assign(host, speed);
}

pace name_resolver::pace_of(const std::string& host) const
{
    const auto known = paces_.find(host);
    return known == paces_.end() ? pace::unknown : known->second;
}

botcore::fair_slots name_resolver::slots_taken() const
{
    botcore::fair_slots slots{size_};
    const auto now = steady_clock::now();
    for (const auto& one : running_)
        slots.take(one->bot, now - one->started_at < slow_after ? pace_of(one->host) : pace::slow);
    return slots;
}

/// Removes a look-up whose caller waits no longer. If it has started, it runs on, and its host
/// counts as slow.
void name_resolver::give_up(const std::shared_ptr<lookup>& late)
{
    const std::lock_guard lock{mutex_};
    if (waiting_.remove(late) == 0)
        note(late->host, pace::slow);
}

}  // namespace botapi::webhooks
