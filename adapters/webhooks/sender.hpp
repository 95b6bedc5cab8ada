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

/// Options that can't be used, as a file that has no certificates. `what()` is one line for the
/// operator.
struct options_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Sends what is due, on threads of its own: one that asks the store, one that serves the
/// connections, and some that look up names.
///
/// Several senders may share a store, in one process or in many. What one of them had leased when
/// it died is sent by another.
class sender final : public botcore::webhook_sender {
public:
    /// Begins at once. The arguments must outlive the sender.
    ///
    /// Throws `options_error`.
    sender(
        sender_options options,
        botcore::webhook_store& webhooks,
        const botcore::clock& clock,
        botcore::log& log,
        prometheus::Registry& metrics
    );

    /// As `stop`, and waits for what is under way, for `drain_max` at most from the stop on. What
    /// is not finished then is sent again by whoever comes next.
    ~sender() override;

    sender(const sender&) = delete;
    sender& operator=(const sender&) = delete;

    /// Begins with nothing new any more. Does not block.
    void stop();

    void wake() override;

    botcore::result<> try_out(
        const botcore::webhook& tried,
        std::function<void(botcore::webhook_trial)> done
    ) override;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::webhooks
