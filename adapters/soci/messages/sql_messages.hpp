#pragma once

#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/messages/message_writer.hpp"
#include "adapters/soci/streams/stream_signals.hpp"

#include <botcore/ports/message_store.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace botapi::sql {

/// The messages.
class sql_messages final : public botcore::message_store {
public:
    /// Keeps references. Reports every append to `signals`.
    sql_messages(
        transaction_runner& runner,
        stream_signals& signals,
        std::unique_ptr<message_writer> writer
    ) noexcept
        : runner_{runner}, signals_{signals}, writer_{std::move(writer)}
    {
    }

    std::vector<botcore::result<std::vector<botcore::appended>>> append(
        std::span<const botcore::submission> submissions,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<std::optional<botcore::message>>> find(
        std::span<const botcore::message_id> ids,
        const botcore::read_terms& terms
    ) override;

    botcore::result<botcore::message_page> list(
        const botcore::message_query& query,
        const botcore::read_terms& terms
    ) override;

    botcore::result<std::vector<botcore::list_version>> versions(
        std::span<const botcore::message_filter> filters,
        const botcore::read_terms& terms
    ) override;

private:
    transaction_runner& runner_;
    stream_signals& signals_;
    std::unique_ptr<message_writer> writer_;
    bot_registry registry_;
};

}  // namespace botapi::sql
