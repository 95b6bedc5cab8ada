#include "adapters/webhooks/outbox_worker.hpp"

#include "adapters/webhooks/pace_limits.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace botapi::webhooks {

using namespace std::chrono_literals;
using botcore::pace;
using botcore::severity;
using botcore::verdict;
using std::chrono::steady_clock;

namespace {

constexpr auto store_max = 5s;             ///< For one call of the store.
constexpr auto hint_pause = 20ms;          ///< Between two claims that hints cause.
constexpr auto look_ahead_max = 10s;       ///< The worker wakes for retries within this time.
constexpr auto sweep_pause = 60s;          ///< Between two sweeps.
constexpr std::size_t sweep_size = 5'000;  ///< Deliveries in one transaction.

steady_clock::time_point store_deadline()
{
    return steady_clock::now() + store_max;
}

}  // namespace

outbox_worker::outbox_worker(
    const sender_options& options,
    botcore::webhook_store& webhooks,
    botcore::log& log,
    sender_metrics& metrics
)
    : options_{options},
      webhooks_{webhooks},
      log_{log},
      metrics_{metrics},
      random_{std::random_device{}()}
{
}

void outbox_worker::run(const send_function& send)
{
    while (!is_drained()) {
        settle();
        const bool has_begun = claim(send);
        sweep();
        if (!has_begun)
            wait();
    }
}

void outbox_worker::stop()
{
    const std::lock_guard lock{mutex_};
    stopped_ = std::min(stopped_, steady_clock::now());
    changed_.notify_all();
}

void outbox_worker::wake()
{
    const std::lock_guard lock{mutex_};
    // A hint comes with every message. One notification serves all hints before the next claim.
    if (!std::exchange(is_woken_, true))
        changed_.notify_all();
}

void outbox_worker::finished(
    const botcore::claimed_delivery& delivery,
    const botcore::attempt& attempt
)
{
    const std::lock_guard lock{mutex_};
    auto& started = in_flight_.at(key_of(delivery));
    started.ended = steady_clock::now();
    const auto duration = *started.ended - started.begun;
    note_pace(delivery.webhook.id, duration < slow_after ? pace::quick : pace::slow);
    outcomes_.push_back({delivery, attempt});
    changed_.notify_all();
}

bool outbox_worker::claim(const send_function& send)
{
    const auto steady_now = std::chrono::floor<steady_instant::duration>(steady_clock::now());
    due_soon_.erase(due_soon_.begin(), due_soon_.upper_bound(steady_now));
    botcore::delivery_claim request{
        .lease_length = options_.timeout + options_.grace,
        .lease = std::max<std::uint64_t>(random_() >> 1U, 1),  // Databases have signed numbers.
        .slots = botcore::fair_slots{options_.in_flight_max},
        .each_webhook = options_.each_webhook_max,
        .pace_of = [this](botcore::webhook_id webhook) {
            const std::lock_guard lock{mutex_};
            return pace_of(webhook);
        }};
    {
        const std::lock_guard lock{mutex_};
        is_woken_ = false;
        if (stopped_ != steady_clock::time_point::max() || has_failed_)
            return false;
        count_in_flight(request);
    }
    if (request.slots.is_full())
        return false;
    claimed_at_ = steady_clock::now();
    const auto deliveries = webhooks_.claim(request, store_deadline());
    has_failed_ = !deliveries;
    if (!deliveries)
        return false;
    for (const auto& delivery : *deliveries) {
        note_start(delivery);
        metrics_.in_flight.Increment();
        send(delivery);
    }
    return !deliveries->empty();
}

void outbox_worker::settle()
{
    std::vector<outcome> outcomes;
    {
        const std::lock_guard lock{mutex_};
        outcomes.swap(outcomes_);
    }
    if (outcomes.empty())
        return;
    std::uniform_real_distribution<double> jitter{0, 1};
    std::vector<botcore::delivery_settlement> settlements;
    settlements.reserve(outcomes.size());
    for (const auto& [delivery, attempt] : outcomes) {
        settlements.push_back(
            {.webhook = delivery.webhook.id,
             .conversation = delivery.message.conversation,
             .arrival = delivery.message.arrival,
             .lease = delivery.lease,
             .judgement = judge(attempt, delivery.tries + 1, options_.retries, jitter(random_)),
             .attempt = attempt}
        );
    }
    if (!webhooks_.settle(settlements, store_deadline())) {
        // The next round tries again. The store ignores leases that have expired by then.
        has_failed_ = true;
        const std::lock_guard lock{mutex_};
        outcomes_.insert(outcomes_.end(), outcomes.begin(), outcomes.end());
        return;
    }
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        const auto& [delivery, attempt] = outcomes[index];
        const auto& judgement = settlements[index].judgement;
        log_outcome(delivery, attempt, judgement.verdict);
        if (judgement.verdict == verdict::retry)
            note_pause(judgement.pause);
    }
    const std::lock_guard lock{mutex_};
    for (const auto& [delivery, attempt] : outcomes)
        in_flight_.erase(key_of(delivery));
    metrics_.in_flight.Decrement(static_cast<double>(settlements.size()));
}

void outbox_worker::sweep()
{
    if (steady_clock::now() < swept_at_ + sweep_pause)
        return;
    const auto count = webhooks_.sweep(sweep_size, store_deadline());
    // After a full batch there may be more deliveries, so the next round sweeps again.
    if (!count || *count < sweep_size)
        swept_at_ = steady_clock::now();
}

void outbox_worker::wait()
{
    std::unique_lock lock{mutex_};
    const auto should_wake = [&] {
        return is_woken_ || !outcomes_.empty() || stopped_ != steady_clock::time_point::max();
    };
    if (has_failed_ || stopped_ != steady_clock::time_point::max()) {
        // Either the store failed and needs a pause, or only the last attempts are left to end.
        const auto pause =
            std::min<std::chrono::milliseconds>(options_.poll, has_failed_ ? 1s : 50ms);
        changed_.wait_for(lock, pause);
        has_failed_ = false;
        return;
    }
    steady_clock::time_point until = steady_clock::now() + options_.poll;
    if (!due_soon_.empty())
        until = std::min<steady_clock::time_point>(until, *due_soon_.begin());
    changed_.wait_until(lock, until, should_wake);
    // A hint comes with every message, although most bots have no webhook. So after a hint the
    // worker still waits until `hint_pause` after the last claim.
    const auto has_work = [&] {
        return !outcomes_.empty() || stopped_ != steady_clock::time_point::max();
    };
    changed_.wait_until(lock, claimed_at_ + hint_pause, has_work);
}

void outbox_worker::note_pause(std::chrono::nanoseconds pause)
{
    if (pause <= look_ahead_max)
        due_soon_.insert(std::chrono::ceil<steady_instant::duration>(steady_clock::now() + pause));
}

auto outbox_worker::key_of(const botcore::claimed_delivery& delivery) -> attempt_key
{
    return {delivery.lease, delivery.webhook.id, delivery.message.conversation};
}

void outbox_worker::note_start(const botcore::claimed_delivery& delivery)
{
    const std::lock_guard lock{mutex_};
    in_flight_.emplace(
        key_of(delivery),
        started_attempt{.bot = delivery.webhook.bot, .begun = steady_clock::now()}
    );
}

/// The caller holds the mutex.
void outbox_worker::note_pace(botcore::webhook_id webhook, pace speed)
{
    if (paces_.size() >= known_paces_max)
        paces_.clear();
    paces_.insert_or_assign(webhook, speed);
}

/// The caller holds the mutex.
pace outbox_worker::pace_of(botcore::webhook_id webhook) const
{
    const auto known = paces_.find(webhook);
    return known == paces_.end() ? pace::unknown : known->second;
}

/// Counts the attempts under way in `slots` and `busy` of the request. The caller holds the mutex.
void outbox_worker::count_in_flight(botcore::delivery_claim& request) const
{
    const auto now = steady_clock::now();
    for (const auto& [key, started] : in_flight_) {
        const auto webhook = std::get<botcore::webhook_id>(key);
        const bool is_slow = started.ended.value_or(now) - started.begun >= slow_after;
        request.slots.take(started.bot, is_slow ? pace::slow : pace_of(webhook));
        ++request.busy[webhook];
    }
}

bool outbox_worker::is_drained()
{
    const std::lock_guard lock{mutex_};
    if (stopped_ == steady_clock::time_point::max())
        return false;
    return in_flight_.empty() || steady_clock::now() >= stopped_ + options_.drain_max;
}

void outbox_worker::log_outcome(
    const botcore::claimed_delivery& delivery,
    const botcore::attempt& attempt,
    verdict verdict
)
{
    const auto bot = delivery.webhook.bot.text();
    const auto id = delivery_name(delivery.webhook.id, delivery.message.id);
    const auto write = [&](severity severity, std::string_view event) {
        log_.write(
            severity,
            event,
            {{"bot", std::string_view{bot}},
             {"webhook", std::string_view{delivery.webhook.name.text()}},
             {"delivery", std::string_view{id}},
             {"tries", delivery.tries + 1},
             {"receiver_status", std::uint64_t{attempt.status.value_or(0)}},
             {"failure", std::string_view{attempt.failure}}}
        );
    };
    switch (verdict) {
        case verdict::delivered: metrics_.delivered.Increment(); break;
        case verdict::retry:
            metrics_.failed.Increment();
            write(severity::info, "a delivery to a webhook failed and will be retried");
            break;
        case verdict::dead:
            metrics_.dead.Increment();
            write(severity::warning, "a delivery to a webhook was given up");
            break;
        case verdict::gone:
            metrics_.gone.Increment();
            write(severity::warning, "a webhook answered 410 and was disabled");
            break;
    }
}

}  // namespace botapi::webhooks
