#pragma once

#include <botcore/domain/storage_position.hpp>
#include <botcore/ports/consistency.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace botapi::sql {

/// What a look at a server that copies the primary found.
struct copy_sighting {
    bool is_standby = false;         ///< Whether it takes no writes.
    botcore::storage_position at{};  ///< Up to where it has replayed the log, at least.
    std::int64_t started_at_us = 0;  ///< When its process started, since 1970.
};

/// A copy that is chosen for a read.
struct chosen_copy {
    std::size_t number = 0;
    std::int64_t started_at_us = 0;  ///< Of the process that was seen: another one may be behind.
    botcore::read_report report{};
};

/// What is known of the primary and of its copies, and which copy may serve a read.
///
/// How old a copy is follows from looks at the primary: a copy that has replayed what the primary
/// had written at the time of a look includes everything that was committed before that look. So
/// only this process's own clock counts.
///
/// A copy serves only while it is on the timeline of the primary. It shows that by the row that a
/// server writes on each new timeline: what a copy with the row has replayed is in the primary's
/// history. A server that was a primary itself, and came back as a copy, may have commits that
/// nobody else has. It serves on a later timeline only.
///
/// Thread safety: any number of threads may call at once.
class replication {
public:
    /// A read without a demand may be as old as `lag_max`. While the primary is away, it may be
    /// older.
    replication(std::size_t copies, std::chrono::milliseconds lag_max);

    /// Reports a look at the primary that was `sent` then.
    void see_primary(botcore::deadline sent, const botcore::storage_position& at);

    /// Reports that the primary does not answer.
    void miss_primary();

    void see_copy(std::size_t number, const copy_sighting& seen);

    /// Reports that a copy does not answer, or can't be used.
    void miss_copy(std::size_t number);

    /// A copy that is as fresh as demanded. Nothing: the primary has to serve. Copies take turns.
    std::optional<chosen_copy> choose(const botcore::freshness& demanded, botcore::deadline now);

    /// Whether `choose` would find a copy that has `position`, or would do so soon.
    [[nodiscard]] botcore::copies copies_of(
        const botcore::storage_position& position,
        botcore::deadline now
    ) const;

    /// The copies, in order.
    [[nodiscard]] std::vector<botcore::copy_status> status(botcore::deadline now) const;

private:
    struct look {
        botcore::deadline sent;
        std::uint64_t offset;
    };

    struct copy {
        bool is_known = false;  ///< Whether it answered the last look.
        copy_sighting seen{};
        std::uint32_t primary_on = 0;  ///< The last timeline on which it was primary; 0: none.
        std::uint64_t reads = 0;
    };

    [[nodiscard]] bool may_serve(const copy& one) const;
    [[nodiscard]] std::optional<std::chrono::milliseconds> age_of(
        const copy& one,
        botcore::deadline now
    ) const;

    const std::chrono::milliseconds lag_max_;
    mutable std::mutex mutex_;
    botcore::storage_position primary_{};
    bool is_primary_away_ = true;
    std::deque<look> looks_{};  ///< On the primary's timeline, oldest first.
    std::vector<copy> copies_;
    std::size_t turn_ = 0;
};

}  // namespace botapi::sql
