#pragma once

#include "adapters/webhooks/options.hpp"
#include "adapters/webhooks/sender_metrics.hpp"

#include <botcore/domain/fair_slots.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/webhook_store.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <ratio>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace botapi::webhooks {

/// The part of the sender that calls the store. It leases due deliveries, passes them on to be
/// sent, and settles them.
///
/// Thread safety: one thread calls `run`, once; any thread may call the other functions.
class outbox_worker {
public:
    /// Starts an attempt to send one delivery, and returns. At the end of the attempt the sender
    /// calls `finished`, on any thread.
    using send_function = std::function<void(const botcore::claimed_delivery&)>;

    /// Keeps references.
    outbox_worker(
        const sender_options& options,
        botcore::webhook_store& webhooks,
        botcore::log& log,
        sender_metrics& metrics
    );

    /// Works until `stop`. Then it waits until all attempts under way are settled, but no longer
    /// than `drain_max`.
    void run(const send_function& send);

    void stop();
    void wake();
    void finished(const botcore::claimed_delivery& delivery, const botcore::attempt& attempt);

private:
    /// An instant in steps of 50 ms, so that `due_soon_` stays small, however many attempts fail.
    using steady_instant = std::chrono::time_point<
        std::chrono::steady_clock,
        std::chrono::duration<std::int64_t, std::ratio<1, 20>>>;

    /// Identifies an attempt. A delivery that is claimed again has another lease.
    using attempt_key = std::tuple<std::uint64_t, botcore::webhook_id, botcore::conversation_id>;

    /// Returns whether it started a request.
    bool claim(const send_function& send);
    void settle();
    void sweep();
    void wait();
    void note_pause(std::chrono::nanoseconds pause);
    bool is_drained();
    static attempt_key key_of(const botcore::claimed_delivery& delivery);
    void note_start(const botcore::claimed_delivery& delivery);
    void note_pace(botcore::webhook_id webhook, botcore::pace speed);
    [[nodiscard]] botcore::pace pace_of(botcore::webhook_id webhook) const;
    void count_in_flight(botcore::delivery_claim& request) const;
    void log_outcome(
        const botcore::claimed_delivery& delivery,
        const botcore::attempt& attempt,
        botcore::verdict verdict
    );

    const sender_options& options_;
    botcore::webhook_store& webhooks_;
    botcore::log& log_;
    sender_metrics& metrics_;

    // Only the thread of `run` uses these.
    std::mt19937_64 random_;  ///< For leases and jitter.
    std::chrono::steady_clock::time_point swept_at_{};
    std::chrono::steady_clock::time_point claimed_at_{};
    bool has_failed_ = false;              ///< Whether the last claim or settlement failed.
    std::set<steady_instant> due_soon_{};  ///< When the next retries are due.

    std::mutex mutex_;  ///< Guards everything below.
    std::condition_variable changed_;
    bool is_woken_ = false;  ///< Whether a hint came after the last claim.
    /// When `stop` was called; `max` before that.
    std::chrono::steady_clock::time_point stopped_ = std::chrono::steady_clock::time_point::max();

    struct outcome {
        botcore::claimed_delivery delivery;
        botcore::attempt attempt;
    };
    std::vector<outcome> outcomes_{};  ///< Not settled yet.

    struct started_attempt {
        botcore::bot_id bot;
        std::chrono::steady_clock::time_point begun;
        std::optional<std::chrono::steady_clock::time_point> ended{};
    };
    std::map<attempt_key, started_attempt> in_flight_{};  ///< Until they are settled.

    std::unordered_map<botcore::webhook_id, botcore::pace> paces_{};  ///< Of their receivers.
};

}  // namespace botapi::webhooks
