#pragma once

#include <botcore/domain/storage_position.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/result.hpp>

namespace botcore {

/// Says how far the history of a storage has got, so that a caller can demand to read what it has
/// written.
///
/// Thread safety: any number of threads may call at once.
class consistency {
public:
    virtual ~consistency() = default;

    /// A position that includes every write that this storage answered before the call. Never
    /// blocks.
    [[nodiscard]] virtual storage_position position() const = 0;

    /// Whether the history certainly includes `position`. If not, `confirm` finds out. Never
    /// blocks.
    [[nodiscard]] virtual bool includes(const storage_position& position) const = 0;

    /// Succeeds if the history includes `position`, so that reads may demand it. Blocks until
    /// `until` at most.
    ///
    /// Errors: `position_lost` with the reason: the position belongs to another store, to commits
    /// that a failover may have lost, or to commits that the store does not have; `unavailable`.
    virtual result<> confirm(const storage_position& position, deadline until) = 0;
};

}  // namespace botcore
