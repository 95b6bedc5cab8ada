#pragma once

#include <botcore/ports/bot_store.hpp>
#include <botcore/ports/consistency.hpp>
#include <botcore/ports/conversation_store.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/key_store.hpp>
#include <botcore/ports/message_store.hpp>
#include <botcore/ports/outage.hpp>
#include <botcore/ports/stream_store.hpp>
#include <botcore/ports/webhook_store.hpp>
#include <botcore/result.hpp>

#include <optional>

namespace botcore {

/// All stores of one database. An adapter for a database implements it.
class storage {
public:
    virtual ~storage() = default;

    virtual bot_store& bots() noexcept = 0;
    virtual message_store& messages() noexcept = 0;
    virtual conversation_store& conversations() noexcept = 0;
    virtual key_store& keys() noexcept = 0;
    virtual stream_store& streams() noexcept = 0;
    virtual webhook_store& webhooks() noexcept = 0;
    virtual botcore::consistency& consistency() noexcept = 0;

    /// Whether requests can be served now: the storage is reachable, and its schema is the one this
    /// program was built for.
    ///
    /// Errors: `unavailable`, with the reason.
    virtual result<> ready(deadline until) = 0;

    /// The last outage. Nothing if there was none, or if only an operator can end it.
    ///
    /// Never blocks, and costs almost nothing while the storage serves. While an outage lasts, a
    /// call may make the storage look whether it has ended; a later call then returns the end.
    [[nodiscard]] virtual std::optional<outage> last_outage() = 0;
};

}  // namespace botcore
