#include "adapters/http/bridge/failover_gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

namespace {

constexpr auto without_throwing = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace

/// A request that is held. The handler that wakes it shares it, and may run after the request has
/// ended.
struct failover_gate::place {
    place(const boost::asio::any_io_executor& executor, wait_limit limit, std::size_t own_weight)
        : until{limit}, weight{own_weight}, pause{executor, time_point::max()}
    {
    }

    wait_limit until;
    std::size_t weight;
    boost::asio::steady_timer pause;  ///< Only handlers of the request use it.

    // The gate's mutex guards these, until the gate has decided.
    bool is_held = false;
    places::iterator position{};  ///< While it `is_held`.
    verdict outcome = verdict::full;
    time_point::duration delay{};  ///< From the decision until the request leaves.
};

/// Holds a request for as long as this exists, unless the gate decides before.
class failover_gate::membership {
public:
    membership(failover_gate& gate, std::shared_ptr<place> member)
        : gate_{gate}, member_{std::move(member)}
    {
        const std::lock_guard lock{gate_.mutex_};
        gate_.enter(member_);
    }

    ~membership()
    {
        const std::lock_guard lock{gate_.mutex_};
        if (member_->is_held)
            gate_.leave(*member_);
    }

    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

private:
    failover_gate& gate_;
    std::shared_ptr<place> member_;
};

failover_gate::failover_gate(
    botcore::storage& storage,
    const caller_check* callers,
    const failover_limits& limits,
    gate_observer observer
)
    : storage_{storage}, callers_{callers}, limits_{limits}, observer_{std::move(observer)}
{
}

awaitable<failover_gate::verdict> failover_gate::wait(wait_limit until, std::size_t weight)
{
    const auto here = co_await boost::asio::this_coro::executor;
    const auto mine = std::make_shared<place>(here, until, weight);
    const membership held{*this, mine};
    if (!mine->is_held)
        co_return mine->outcome;
    auto decision = mine->pause.async_wait(without_throwing);
    co_await std::move(decision);
    mine->pause.expires_after(mine->delay);
    auto turn = mine->pause.async_wait(without_throwing);
    co_await std::move(turn);
    co_return mine->outcome;
}

bool failover_gate::may_repeat(time_point began)
{
    if (limits_.wait_max == std::chrono::milliseconds{0})
        return false;
    const auto last = storage_.last_outage();
    if (!last || (last->ended && *last->ended < began))
        return false;
    return state_after(*last, std::chrono::steady_clock::now()) != state::given_up;
}

void failover_gate::look_around(time_point now)
{
    if (count_ == 0)
        return;
    for (const auto& one : take_leaving(now))
        boost::asio::post(one->pause.get_executor(), [one] { one->pause.cancel(); });
}

/// Decides on the requests that wait, and removes those that need not wait any longer.
failover_gate::places failover_gate::take_leaving(time_point now)
{
    places leaving;
    const std::lock_guard lock{mutex_};
    if (now < next_look_)
        return leaving;
    next_look_ = now + look_interval;
    next_turn_ = std::max(next_turn_, now);
    const auto last = storage_.last_outage();
    const auto found = last ? state_after(*last, now) : state::open;
    for (auto next = places_.begin(); next != places_.end();) {
        const auto one = *next++;
        const bool is_late = found == state::given_up || one->until.is_over(now);
        if (!is_late && found == state::shut)
            continue;
        one->outcome = verdict::late;
        if (!is_late)
            one->outcome = is_valid(*one) ? verdict::open : verdict::revoked;
        one->delay = next_turn_ - now;
        next_turn_ += spacing;
        leave(*one);
        leaving.push_back(one);
    }
    return leaving;
}

/// Takes a place for a request, if there is one. The caller holds the mutex.
void failover_gate::enter(const std::shared_ptr<place>& one)
{
    if (count_ >= limits_.count_max || weight_ >= limits_.weight_max)
        return;
    one->position = places_.insert(places_.end(), one);
    one->is_held = true;
    weight_ += one->weight;
    ++count_;
    observer_.held_changed(1);
}

/// Frees the place of a request. The caller holds the mutex.
void failover_gate::leave(place& one)
{
    one.is_held = false;
    weight_ -= one.weight;
    --count_;
    observer_.held_changed(-1);
    places_.erase(one.position);
}

bool failover_gate::is_valid(const place& one) const
{
    const auto& until = one.until;
    return callers_ == nullptr || !until.is_guarded || callers_->still_admits(until.caller);
}

failover_gate::state failover_gate::state_after(const botcore::outage& last, time_point now)
{
    if (last.ended && is_settled(*last.ended))
        return state::open;
    const auto end = std::min(end_.load(), last.ended.value_or(last.began) + limits_.wait_max);
    return now < end ? state::shut : state::given_up;
}

/// Whether the keys were read after an outage that ended at `ended`.
bool failover_gate::is_settled(time_point ended)
{
    if (ended <= settled_.load())
        return true;
    if (callers_ != nullptr && !callers_->is_known_since(ended))
        return false;
    settled_ = ended;
    return true;
}

}  // namespace botapi::http
