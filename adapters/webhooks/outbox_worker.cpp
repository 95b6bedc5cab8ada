#include "adapters/webhooks/outbox_worker.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace botapi::webhooks {

using namespace std::chrono_literals;
using botcore::severity;
using botcore::verdict;
using std::chrono::steady_clock;

namespace {

constexpr auto store_max = 5s;             ///< For one call of the store.
constexpr auto hint_pause = 20ms;          ///< Between two looks that hints are the reason for.
constexpr auto look_ahead_max = 10s;       ///< What is due later is found when it is polled for.
constexpr auto sweep_pause = 60s;          ///< Between two looks for removed webhooks.
constexpr std::size_t sweep_size = 5'000;  ///< Deliveries in one transaction.

steady_clock::time_point soon()
{
    return steady_clock::now() + store_max;
}

}  // namespace

outbox_worker::outbox_worker(
    const sender_options& options,
    botcore::webhook_store& webhooks,
    const botcore::clock& clock,
    botcore::log& log,
    sender_metrics& metrics
)
    : options_{options},
      webhooks_{webhooks},
      clock_{clock},
      log_{log},
      metrics_{metrics},
      random_{std::random_device{}()}
{
}

void outbox_worker::run(const send& begin)
{
    while (!is_drained()) {
        settle();
        const bool has_begun = claim(begin);
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
    // Once for all that come before it looks: they come with every message.
    if (!std::exchange(is_woken_, true))
        changed_.notify_all();
}

void outbox_worker::finished(const botcore::claimed_delivery& sent, const botcore::attempt& made)
{
    const std::lock_guard lock{mutex_};
    outcomes_.push_back({sent, made});
    changed_.notify_all();
}

bool outbox_worker::claim(const send& begin)
{
    const auto passed = std::chrono::floor<steady_instant::duration>(steady_clock::now());
    looks_.erase(looks_.begin(), looks_.upper_bound(passed));
    const auto now = clock_.now();
    botcore::delivery_claim asked{
        .now = now,
        .leased_until = now + options_.timeout + options_.grace,
        .lease = std::max<std::uint64_t>(random_() >> 1U, 1),  // A database's numbers are signed.
        .each_webhook = options_.each_webhook_max};
    {
        const std::lock_guard lock{mutex_};
        is_woken_ = false;
        if (stopped_ != steady_clock::time_point::max() || has_failed_)
            return false;
        asked.limit = options_.in_flight_max - in_flight_count_;
        asked.busy = in_flight_;
    }
    if (asked.limit == 0)
        return false;
    claimed_ = steady_clock::now();
    const auto claimed = webhooks_.claim(asked, soon());
    has_failed_ = !claimed;
    if (!claimed)
        return false;
    for (const auto& one : *claimed) {
        {
            const std::lock_guard lock{mutex_};
            ++in_flight_[one.webhook.id];
            ++in_flight_count_;
        }
        metrics_.in_flight.Increment();
        begin(one);
    }
    return !claimed->empty();
}

void outbox_worker::settle()
{
    std::vector<outcome> ended;
    {
        const std::lock_guard lock{mutex_};
        ended.swap(outcomes_);
    }
    if (ended.empty())
        return;
    std::uniform_real_distribution<double> jitter{0, 1};
    std::vector<botcore::delivery_settlement> settled;
    settled.reserve(ended.size());
    for (const auto& [sent, made] : ended) {
        settled.push_back(
            {.webhook = sent.webhook.id,
             .conversation = sent.message.conversation,
             .arrival = sent.message.arrival,
             .lease = sent.lease,
             .judged = judge(made, sent.tries + 1, options_.retries, jitter(random_)),
             .made = made}
        );
    }
    if (!webhooks_.settle(settled, soon())) {
        // Again later: should the leases have run out by then, it does nothing.
        has_failed_ = true;
        const std::lock_guard lock{mutex_};
        outcomes_.insert(outcomes_.end(), ended.begin(), ended.end());
        return;
    }
    for (std::size_t at = 0; at < ended.size(); ++at) {
        log_outcome(ended[at].sent, ended[at].made, settled[at].judged.verdict);
        if (settled[at].judged.verdict == verdict::retry)
            look_when(settled[at].judged.due);
    }
    const std::lock_guard lock{mutex_};
    for (const auto& one : settled) {
        const auto place = in_flight_.find(one.webhook);
        if (--place->second == 0)
            in_flight_.erase(place);
    }
    in_flight_count_ -= settled.size();
    metrics_.in_flight.Decrement(static_cast<double>(settled.size()));
}

void outbox_worker::sweep()
{
    if (steady_clock::now() < swept_ + sweep_pause)
        return;
    const auto done = webhooks_.sweep(sweep_size, soon());
    // Where there was as much as that, there may be more.
    if (!done || *done < sweep_size)
        swept_ = steady_clock::now();
}

void outbox_worker::wait()
{
    std::unique_lock lock{mutex_};
    const auto is_called = [&] {
        return is_woken_ || !outcomes_.empty() || stopped_ != steady_clock::time_point::max();
    };
    if (has_failed_ || stopped_ != steady_clock::time_point::max()) {
        // The store needs a pause, or there is nothing to do but to wait for what is under way.
        const auto pause =
            std::min<std::chrono::milliseconds>(options_.poll, has_failed_ ? 1s : 50ms);
        changed_.wait_for(lock, pause);
        has_failed_ = false;
        return;
    }
    steady_clock::time_point until = steady_clock::now() + options_.poll;
    if (!looks_.empty())
        until = std::min<steady_clock::time_point>(until, *looks_.begin());
    changed_.wait_until(lock, until, is_called);
    // Hints come with every message, and most are of bots that have no webhook.
    const auto has_work = [&] {
        return !outcomes_.empty() || stopped_ != steady_clock::time_point::max();
    };
    changed_.wait_until(lock, claimed_ + hint_pause, has_work);
}

void outbox_worker::look_when(botcore::instant due)
{
    const auto ahead = due - clock_.now();
    if (ahead <= look_ahead_max)
        looks_.insert(std::chrono::ceil<steady_instant::duration>(steady_clock::now() + ahead));
}

bool outbox_worker::is_drained()
{
    const std::lock_guard lock{mutex_};
    if (stopped_ == steady_clock::time_point::max())
        return false;
    return in_flight_count_ == 0 || steady_clock::now() >= stopped_ + options_.drain_max;
}

void outbox_worker::log_outcome(
    const botcore::claimed_delivery& sent,
    const botcore::attempt& made,
    verdict verdict
)
{
    const auto bot = sent.webhook.bot.text();
    const auto id = delivery_name(sent.webhook.id, sent.message.id);
    const auto write = [&](severity severity, std::string_view event) {
        log_.write(
            severity,
            event,
            {{"bot", std::string_view{bot}},
             {"webhook", std::string_view{sent.webhook.name.text()}},
             {"delivery", std::string_view{id}},
             {"tries", sent.tries + 1},
             {"receiver_status", std::uint64_t{made.status.value_or(0)}},
             {"failure", std::string_view{made.failure}}}
        );
    };
    switch (verdict) {
        case verdict::delivered: metrics_.delivered.Increment(); break;
        case verdict::retry:
            metrics_.failed.Increment();
            write(severity::info, "a webhook was not reached, and will be tried again");
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
