#pragma once

#include "adapters/http/metrics/gate_observer.hpp"
#include "adapters/http/protocol/caller_check.hpp"
#include "adapters/http/protocol/wait_limit.hpp"

#include <botcore/ports/outage.hpp>
#include <botcore/ports/storage.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

namespace botapi::http {

struct failover_limits {
    std::chrono::milliseconds wait_max{0};  ///< From the begin of an outage; 0: nothing is held.
    std::size_t count_max = 4'096;          ///< Requests at once; further ones are refused.
    std::size_t weight_max = 131'072;       ///< The same, in the unit of `waiting_terms`.
};

/// Holds requests while the storage is away, as between two primaries, so that a failover costs
/// clients time but no errors. A request that is held occupies no thread.
///
/// Some time after the begin of an outage the gate gives up: it refuses what it holds, and lets
/// further requests pass, which the storage refuses at once.
///
/// When the storage is back, the gate opens as soon as the keys were read again. Until then a key
/// that was revoked meanwhile, through another server, would still count. For the same reason each
/// held request is checked again.
///
/// Thread safety: any number of threads may call at once. Each request waits on its own executor,
/// which must run its handlers one at a time. The gate must outlive the requests that it holds.
class failover_gate {
public:
    using time_point = std::chrono::steady_clock::time_point;

    enum class verdict : std::uint8_t {
        open,     ///< The request may pass.
        late,     ///< The gate has given up, or the request can't wait any longer.
        full,     ///< The gate holds too many requests.
        revoked,  ///< The key or token of its caller has ended.
    };

    /// The time between two requests that leave the gate: some 10,000 leave in a second. The
    /// storage has just come back, and may have to read everything from its disk.
    static constexpr std::chrono::microseconds spacing{100};

    /// How often `look_around` does anything.
    static constexpr std::chrono::milliseconds look_interval{20};

    /// `storage` and `callers` must outlive the gate. `callers` may be null: then every caller
    /// stays valid.
    failover_gate(
        botcore::storage& storage,
        const caller_check* callers,
        const failover_limits& limits,
        gate_observer observer
    );

    /// Whether a request has to wait. Takes no lock while the storage serves.
    [[nodiscard]] bool is_shut()
    {
        if (limits_.wait_max == std::chrono::milliseconds{0})
            return false;
        const auto last = storage_.last_outage();
        return last && state_after(*last, std::chrono::steady_clock::now()) == state::shut;
    }

    /// Holds a request until it may pass or is refused.
    boost::asio::awaitable<verdict> wait(wait_limit until, std::size_t weight);

    /// Whether a call should be repeated that began at `began`, and that the storage refused with
    /// `unavailable`: an outage was the reason, and the gate has not given up.
    [[nodiscard]] bool may_repeat(time_point began);

    /// Decides on the requests that wait. Somebody has to call it several times a second.
    void look_around(time_point now);

    /// Gives up at `end`, whatever happens: the server ends soon after.
    void give_up_at(time_point end) noexcept { end_ = end; }

private:
    enum class state : std::uint8_t { open, shut, given_up };
    struct place;
    class membership;
    using places = std::list<std::shared_ptr<place>>;

    state state_after(const botcore::outage& last, time_point now);
    bool is_settled(time_point ended);
    [[nodiscard]] bool is_valid(const place& one) const;
    places take_leaving(time_point now);
    void enter(const std::shared_ptr<place>& one);
    void leave(place& one);

    botcore::storage& storage_;
    const caller_check* callers_;
    const failover_limits limits_;
    gate_observer observer_;
    std::atomic<time_point> end_{time_point::max()};
    std::atomic<time_point> settled_{};  ///< The end of the last outage after which keys were read.

    std::atomic<std::size_t> count_{0};  ///< Requests in `places_`.
    std::mutex mutex_;
    places places_{};
    std::size_t weight_ = 0;
    time_point next_look_{};
    time_point next_turn_{};
};

}  // namespace botapi::http
