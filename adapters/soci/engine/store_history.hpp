#pragma once

#include "adapters/soci/driver/timeline_starts.hpp"

#include <botcore/domain/storage_position.hpp>
#include <botcore/result.hpp>

#include <mutex>

namespace botapi::sql {

/// What this server knows of the history of its store: how far it goes, and where failovers have
/// begun new timelines. SQLite has one timeline, number 0, whose positions are all equal.
///
/// Thread safety: any number of threads may call at once.
class store_history {
public:
    /// Reports what a new session has found: the position has the store and its timeline.
    void open(const botcore::storage_position& at, const timeline_starts& starts);

    /// Reports that a write ended at `position`, or that the store was seen there. Ignores earlier
    /// positions.
    void reach(const botcore::storage_position& position);

    /// The furthest position that was reported.
    [[nodiscard]] botcore::storage_position position() const;

    /// Whether the history includes a position. `false`: perhaps, because it lies beyond what was
    /// reported.
    ///
    /// A position of an earlier timeline is included if every later timeline began behind it.
    ///
    /// Errors: `position_lost`.
    [[nodiscard]] botcore::result<bool> includes(const botcore::storage_position& position) const;

private:
    mutable std::mutex mutex_;
    botcore::storage_position reached_{};
    bool is_open_ = false;  ///< Whether the store is known.
    timeline_starts starts_{};
};

/// The refusal of a position beyond the end of the store's history.
botcore::error position_ahead();

}  // namespace botapi::sql
