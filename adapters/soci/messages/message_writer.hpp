#pragma once

#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/append_plan.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace botapi::sql {

using numbered_rows = std::vector<botcore::append_plan::row_numbers>;

/// Writes the rows of a plan, in the way of one database.
///
/// Why no race can break it:
/// - A conversation's row is locked by its upsert until the commit, so that one transaction at a
///   time gives out its numbers, and the next one sees those of the last: `seq` has no gaps, and
///   grows in the order of commits. `arrival` is taken under the same lock.
/// - Conversations are locked in order of id, so that two batches can't wait for each other.
///   Pairings are written under the lock of their conversation.
/// - Two transactions that store the same id or receipt meet in its primary key: the later one
///   waits for the earlier one's end, and if that committed fails with a unique violation. It then
///   starts over, and its new facts show what the winner wrote. Should the wait close a circle,
///   PostgreSQL breaks it (40P01), and the loser starts over likewise.
/// - Bots can't be removed meanwhile: see `bots_stay`.
/// - On SQLite there is one writer at a time, from BEGIN IMMEDIATE on.
///
/// Thread safety: any number of threads may call at once, each with a session of its own.
class message_writer {
public:
    virtual ~message_writer() = default;

    /// Writes rows and receipts within the transaction that is under way. `bots` are those for
    /// which the plan was made.
    virtual numbered_rows write(
        session& on,
        const botcore::append_plan& plan,
        const known_bots& bots
    ) = 0;

    /// Whether `write_and_commit` can be called.
    [[nodiscard]] virtual bool commits_at_once() const noexcept = 0;

    /// Writes a plan that was made outside of the transaction, and commits. If the registry of bots
    /// has another version by now, it commits nothing and returns nothing; the session then waits
    /// for `begin_write`.
    virtual std::optional<numbered_rows> write_and_commit(
        session& on,
        const botcore::append_plan& plan,
        const known_bots& bots
    ) = 0;
};

/// Twins: `message_writer_sqlite.cpp`, `message_writer_postgresql.cpp`.
std::unique_ptr<message_writer> make_message_writer_sqlite();
std::unique_ptr<message_writer> make_message_writer_postgresql();

}  // namespace botapi::sql
