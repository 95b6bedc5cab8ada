#pragma once

#include <botcore/domain/storage_position.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace botcore {

/// Whether a copy of the database, such as a standby, has a position.
enum class copies : std::uint8_t {
    there,  ///< One has it, and a read that demands it does not burden the primary.
    soon,   ///< One will probably have it in some milliseconds.
    none,   ///< None has it soon, or there is no copy.
};

/// The state of a copy of the database.
struct copy_status {
    bool is_reachable = false;
    bool is_standby = false;  ///< Whether it takes no writes.
    bool serves = false;      ///< Whether it now serves reads that demand nothing.

    /// How old its answers may be. Nothing if it can't serve, or is too old to tell.
    std::optional<std::chrono::milliseconds> age{};
    std::uint64_t bytes_behind = 0;  ///< Of the log that it has not replayed yet.
    std::uint64_t reads = 0;         ///< That it was chosen for, since the start.
};

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

    /// Whether a copy has `position`, which the history includes. After the answer `soon`, the
    /// storage looks at its copies more often for a moment. Never blocks.
    virtual copies copies_of(const storage_position& /*position*/) { return copies::none; }

    /// The copies, in the order in which they were configured.
    [[nodiscard]] virtual std::vector<copy_status> copy_states() const { return {}; }
};

}  // namespace botcore
