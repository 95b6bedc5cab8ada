#pragma once

#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/streams/stream_reader.hpp"
#include "adapters/soci/streams/stream_signals.hpp"

#include <botcore/ports/stream_store.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace botapi::sql {

/// The streams.
///
/// The stream of a conversation is read in the order of `seq`, which is the order of commits. The
/// stream of a bot is read in the order of `arrival`. On PostgreSQL a later arrival can be
/// committed earlier, so there the read ends at the horizon.
///
/// If there are copies of the database, the primary only says how far the streams can be read, and
/// a copy that has got so far is read. While the primary is away, what it has said last still
/// holds.
class sql_streams final : public botcore::stream_store {
public:
    /// Keeps references. `reader` is the implementation for the database.
    sql_streams(
        topology& nodes,
        transaction_runner& runner,
        stream_signals& signals,
        std::unique_ptr<stream_reader> reader
    ) noexcept
        : nodes_{nodes}, runner_{runner}, signals_{signals}, reader_{std::move(reader)}
    {
    }

    std::vector<botcore::result<botcore::stream_part>> read(
        std::span<const botcore::stream_query> queries,
        const botcore::read_terms& terms
    ) override;

    [[nodiscard]] std::unique_ptr<botcore::stream_subscription> listen(listener on_change) override;

private:
    using stream_queries = std::span<const botcore::stream_query>;

    stream_parts read_primary(stream_queries queries, const botcore::read_terms& terms);
    std::optional<stream_parts> read_copy(stream_queries queries, const botcore::read_terms& terms);
    static void doubt_losses(stream_parts& parts);
    [[nodiscard]] stream_view last_view() const;
    void keep(const stream_view& seen);

    topology& nodes_;
    transaction_runner& runner_;
    stream_signals& signals_;
    std::unique_ptr<stream_reader> reader_;
    mutable std::mutex mutex_{};
    stream_view seen_{};  ///< By the last look that succeeded.
};

}  // namespace botapi::sql
