#pragma once

#include "adapters/soci/bots/bot_fence/stream_horizon.hpp"
#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/streams/stream_signals.hpp"

#include <botcore/ports/stream_store.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace botapi::sql {

/// The streams.
///
/// A conversation's is read in the order of `seq`, which is the order of commits. A bot's is read
/// in the order of `arrival`; on PostgreSQL, where a later arrival can be committed earlier, no
/// further than the horizon.
class sql_streams final : public botcore::stream_store {
public:
    /// Keeps references.
    sql_streams(transaction_runner& runner, stream_signals& signals, dialect dialect) noexcept
        : runner_{runner}, signals_{signals}, dialect_{dialect}
    {
    }

    std::vector<botcore::result<botcore::stream_part>> read(
        std::span<const botcore::stream_query> queries,
        const botcore::read_terms& terms
    ) override;

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(listener told) override;

private:
    transaction_runner& runner_;
    stream_signals& signals_;
    dialect dialect_;
    horizon_memory horizon_;
};

}  // namespace botapi::sql
