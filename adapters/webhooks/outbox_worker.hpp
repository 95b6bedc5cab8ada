#pragma once

#include "adapters/webhooks/options.hpp"
#include "adapters/webhooks/sender_metrics.hpp"

#include <botcore/ports/clock.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/webhook_store.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <ratio>
#include <set>
#include <vector>

namespace botapi::webhooks {

/// Leases what is due, has it sent, and settles it: what the sender does with the store.
///
/// Thread safety: `run` is called once; the others by any thread.
class outbox_worker {
public:
    /// Begins to send one delivery, and returns. At its end `finished` is called, on any thread.
    using send = std::function<void(const botcore::claimed_delivery&)>;

    /// Keeps references.
    outbox_worker(
        const sender_options& options,
        botcore::webhook_store& webhooks,
        const botcore::clock& clock,
        botcore::log& log,
        sender_metrics& metrics
    );

    /// Works until `stop`, and then until all that was begun is settled, or `drain_max` is over.
    void run(const send& begin);

    void stop();
    void wake();
    void finished(const botcore::claimed_delivery& sent, const botcore::attempt& made);

private:
    /// Coarse, so that there are few of them, however many tries fail.
    using steady_instant = std::chrono::time_point<
        std::chrono::steady_clock,
        std::chrono::duration<std::int64_t, std::ratio<1, 20>>>;

    /// Whether something was begun.
    bool claim(const send& begin);
    void settle();
    void sweep();
    void wait();
    void look_when(botcore::instant due);
    bool is_drained();
    void log_outcome(
        const botcore::claimed_delivery& sent,
        const botcore::attempt& made,
        botcore::verdict verdict
    );

    const sender_options& options_;
    botcore::webhook_store& webhooks_;
    const botcore::clock& clock_;
    botcore::log& log_;
    sender_metrics& metrics_;

    std::mt19937_64 random_;                           ///< For leases and jitter; used by `run`.
    std::chrono::steady_clock::time_point swept_{};    ///< When it was done last; used by `run`.
    std::chrono::steady_clock::time_point claimed_{};  ///< The same.
    bool has_failed_ = false;           ///< The store, when last asked; used by `run`.
    std::set<steady_instant> looks_{};  ///< When something is due before long; used by `run`.

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_woken_ = false;
    std::chrono::steady_clock::time_point stopped_ = std::chrono::steady_clock::time_point::max();

    struct outcome {
        botcore::claimed_delivery sent;
        botcore::attempt made;
    };
    std::vector<outcome> outcomes_{};                         ///< Not settled yet.
    std::map<botcore::webhook_id, std::size_t> in_flight_{};  ///< Until they are settled.
    std::size_t in_flight_count_ = 0;
};

}  // namespace botapi::webhooks
