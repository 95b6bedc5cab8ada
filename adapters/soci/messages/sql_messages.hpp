#pragma once

#include "adapters/soci/bots/bot_registry.hpp"
#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/messages/known_pairings.hpp"
#include "adapters/soci/streams/stream_signals.hpp"

#include <botcore/ports/message_store.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace botapi::sql {

/// The messages.
class sql_messages final : public botcore::message_store {
public:
    /// Keeps references. Lets `signals` know what it stored.
    sql_messages(transaction_runner& runner, stream_signals& signals) noexcept
        : runner_{runner}, signals_{signals}
    {
    }

    std::vector<botcore::result<std::vector<botcore::appended>>> append(
        std::span<const botcore::submission> submissions,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<std::optional<botcore::message>>> find(
        std::span<const botcore::message_id> ids,
        botcore::deadline until
    ) override;

    botcore::result<botcore::message_page> list(
        const botcore::message_query& query,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<std::uint64_t>> versions(
        std::span<const botcore::message_filter> filters,
        botcore::deadline until
    ) override;

private:
    transaction_runner& runner_;
    stream_signals& signals_;
    bot_registry registry_;
    known_pairings pairings_;
};

}  // namespace botapi::sql
