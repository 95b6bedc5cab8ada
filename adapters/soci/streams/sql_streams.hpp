#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/streams/stream_reader.hpp"
#include "adapters/soci/streams/stream_signals.hpp"

#include <botcore/ports/stream_store.hpp>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace botapi::sql {

/// The streams.
///
/// The stream of a conversation is read in the order of `seq`, which is the order of commits. The
/// stream of a bot is read in the order of `arrival`. On PostgreSQL a later arrival can be
/// committed earlier, so there the read ends at the horizon.
class sql_streams final : public botcore::stream_store {
public:
    /// Keeps references. `reader` is the implementation for the database.
    sql_streams(
        transaction_runner& runner,
        stream_signals& signals,
        std::unique_ptr<stream_reader> reader
    ) noexcept
        : runner_{runner}, signals_{signals}, reader_{std::move(reader)}
    {
    }

    std::vector<botcore::result<botcore::stream_part>> read(
        std::span<const botcore::stream_query> queries,
        const botcore::read_terms& terms
    ) override;

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(listener on_change) override;

private:
    transaction_runner& runner_;
    stream_signals& signals_;
    std::unique_ptr<stream_reader> reader_;
};

}  // namespace botapi::sql
