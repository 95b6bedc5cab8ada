#pragma once

#include "adapters/webhooks/options.hpp"

#include <botcore/ports/clock.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/webhook_sender.hpp>
#include <botcore/ports/webhook_store.hpp>

#include <memory>
#include <prometheus/registry.h>
#include <stdexcept>

namespace botapi::webhooks {

/// The options can't be used, for example a file without certificates. `what()` is one line for the
/// operator.
struct options_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Sends due deliveries on threads of its own: one calls the store, one serves the connections, and
/// some look up names. Receivers and name servers that hang never occupy all requests under way,
/// nor all threads: `fair_slots` limits their share.
///
/// Several senders may share a store, in one process or in many. If one dies, another sends the
/// deliveries that the first had leased.
class sender final : public botcore::webhook_sender {
public:
    /// Starts at once. The arguments must outlive the sender.
    ///
    /// Throws `options_error`.
    sender(
        sender_options options,
        botcore::webhook_store& webhooks,
        const botcore::clock& clock,
        botcore::log& log,
        prometheus::Registry& metrics
    );

    /// Calls `stop`, and waits for requests under way until `drain_max` after the stop. Deliveries
    /// that are not settled by then are sent again by another sender, after their lease.
    ~sender() override;

    sender(const sender&) = delete;
    sender& operator=(const sender&) = delete;

    /// Starts no more requests. Does not block.
    void stop();

    void wake() override;

    botcore::result<> try_out(
        const botcore::webhook& webhook,
        std::function<void(botcore::webhook_trial)> done
    ) override;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::webhooks
