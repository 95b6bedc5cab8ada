#pragma once

#include "adapters/soci/bot_registry.hpp"
#include "adapters/soci/engine.hpp"

#include <botcore/ports/message_store.hpp>
#include <botcore/ports/stream_listeners.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace botapi::sql {

/// The messages.
class sql_messages final : public botcore::message_store {
public:
    /// Keeps references. Tells `listeners` what it stored.
    sql_messages(engine& engine, const botcore::stream_listeners& listeners) noexcept
        : engine_{engine}, listeners_{listeners}
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
    engine& engine_;
    const botcore::stream_listeners& listeners_;
    bot_registry registry_;
};

}  // namespace botapi::sql
