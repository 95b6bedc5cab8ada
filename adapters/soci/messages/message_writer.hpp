#pragma once

#include "adapters/soci/bots/bot_fence/bot_registry.hpp"
#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/append_plan.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace botapi::sql {

using numbered_rows = std::vector<botcore::append_plan::row_numbers>;

/// Writes the rows of a plan. Each database has its own implementation.
///
/// Writers that run at the same time do not disturb each other, for these reasons:
/// - The upsert of a conversation's row locks it until the commit. So one transaction at a time
///   assigns numbers in a conversation, and the next transaction continues them: `seq` has no gaps
///   and grows in the order of commits. `arrival` is assigned under the same lock.
/// - Conversations are locked in the order of their ids, so that two batches can't deadlock. Their
///   pairings are written under the same locks.
/// - If two transactions store the same id or receipt, the later one waits at the primary key for
///   the end of the earlier one. If the earlier one commits, the later one fails with a unique
///   violation. It then starts again, and its new facts show what the earlier one wrote. Ids and
///   receipts are inserted in the order of their bytes, so that two such transactions can't wait
///   for each other.
/// - No bot can be removed during an append: see `bots_stay`.
/// - SQLite admits one writer at a time, from BEGIN IMMEDIATE on.
///
/// Thread safety: any number of threads may call at once, each with a session of its own.
class message_writer {
public:
    virtual ~message_writer() = default;

    /// Writes rows and receipts within the current transaction. The plan was made for `bots`.
    virtual numbered_rows write(
        session& db,
        const botcore::append_plan& plan,
        const known_bots& bots
    ) = 0;

    /// Whether `write_and_commit` may be called.
    [[nodiscard]] virtual bool commits_at_once() const noexcept = 0;

    /// Writes a plan that was made outside of the transaction, and commits. If the version of the
    /// registry has changed, it writes nothing and returns nothing. The caller must then call
    /// `begin_write` again.
    virtual std::optional<numbered_rows> write_and_commit(
        session& db,
        const botcore::append_plan& plan,
        const known_bots& bots
    ) = 0;
};

/// The implementations: `message_writer_sqlite.cpp` and `message_writer_postgresql.cpp`.
std::unique_ptr<message_writer> make_message_writer_sqlite();
std::unique_ptr<message_writer> make_message_writer_postgresql();

}  // namespace botapi::sql
