#pragma once

#include "adapters/soci/bots/bot_registry.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/messages/known_pairings.hpp"

#include <botcore/domain/append_plan.hpp>

#include <optional>
#include <vector>

namespace botapi::sql {

/// Writes the plan's rows and receipts within the transaction that is under way, and says where the
/// rows came to stand. `bots` are those for which it was planned.
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
/// - Bots can't be removed meanwhile: see `bots_lock`.
/// - On SQLite there is one writer at a time, from BEGIN IMMEDIATE on.
std::vector<botcore::append_plan::place> write_rows(
    session& on,
    const botcore::append_plan& plan,
    const known_bots& bots
);

/// What it does on PostgreSQL: all in one statement.
std::vector<botcore::append_plan::place> write_rows_at_once(
    session& on,
    const botcore::append_plan& plan,
    const known_bots& bots
);

/// The same, together with the commit, for a plan that was made outside of the transaction: if the
/// registry of bots has another version by now, it commits nothing and returns nothing. Pairings
/// that are known are not written; should one be gone, it throws (23503), and all are written next
/// time.
std::optional<std::vector<botcore::append_plan::place>> write_rows_and_commit(
    session& on,
    const botcore::append_plan& plan,
    const known_bots& bots,
    known_pairings& pairings
);

}  // namespace botapi::sql
