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

/// The sender's work with the store: leases due deliveries, has them sent, and settles them.
///
/// Thread safety: `run` is called once; any thread may call the other functions.
class outbox_worker {
public:
    /// Starts to send one delivery, and returns. Calls `finished` at the end, on any thread.
    using send_function = std::function<void(const botcore::claimed_delivery&)>;

    /// Keeps references.
    outbox_worker(
        const sender_options& options,
        botcore::webhook_store& webhooks,
        botcore::log& log,
        sender_metrics& metrics
    );

    /// Works until `stop`, and then until all requests under way are settled, or `drain_max` is
    /// over.
    void run(const send_function& send);

    void stop();
    void wake();
    void finished(const botcore::claimed_delivery& delivery, const botcore::attempt& attempt);

private:
    /// Coarse, so that there are few different ones, however many attempts fail.
    using steady_instant = std::chrono::time_point<
        std::chrono::steady_clock,
        std::chrono::duration<std::int64_t, std::ratio<1, 20>>>;

    /// Names an attempt. A delivery that was claimed again has another lease.
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

    std::mt19937_64 random_;                           ///< For leases and jitter; used by `run`.
    std::chrono::steady_clock::time_point swept_{};    ///< Time of the last sweep; used by `run`.
    std::chrono::steady_clock::time_point claimed_{};  ///< Time of the last claim; likewise.
    bool has_failed_ = false;                          ///< The store's last call; used by `run`.
    std::set<steady_instant> due_soon_{};  ///< Times of the next retries; used by `run`.

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_woken_ = false;
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
    std::map<attempt_key, started_attempt> in_flight_{};  ///< Until it is settled.

    std::unordered_map<botcore::webhook_id, botcore::pace> paces_{};  ///< Of the receivers.
};

}  // namespace botapi::webhooks
