#pragma once

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/engine/topology.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace botapi::sql {

/// The outcome of an interrupted commit.
enum class commit_status : std::uint8_t { not_committed, committed, unknown };

/// What remains to be done after the function `run` of a transaction.
enum class progress : std::uint8_t {
    nothing,    ///< There is nothing to commit.
    written,    ///< There is something to commit.
    committed,  ///< The commit is done already.
};

/// A transaction that writes. Both functions may be called several times: a transaction that failed
/// is run again from the start.
struct transaction {
    /// The lock that the transaction takes first.
    write_lock lock;

    /// Reads the facts, decides and writes.
    std::function<progress(session&)> run;

    /// Whether the rows that `run` wrote last are stored. The runner calls it within a transaction
    /// that excludes all other writers, so the transaction in doubt has ended by then.
    std::function<commit_status(session&)> verify_commit;
};

/// Runs reads and transactions, and makes all retries.
///
/// The runner repeats work that fails for a temporary reason, until the deadline. If the database
/// can't be reached or takes no writes, the retries end one and a half seconds after the first
/// failure in any thread: the caller may repeat what is certainly not stored. A write whose commit
/// was interrupted is repeated for longer, because only its own thread can find out the outcome.
/// The runner never returns the answers of such a database.
///
/// Thread safety: any number of threads may call at once.
class transaction_runner {
public:
    using reading = std::function<void(session&)>;

    /// Keeps references. `exclusive` is the lock that excludes all other writers. A write in doubt
    /// is repeated until `doubt_max` after the begin of the outage.
    transaction_runner(
        topology& topology,
        write_lock exclusive,
        botcore::log& log,
        std::chrono::milliseconds doubt_max
    ) noexcept
        : topology_{topology}, exclusive_{exclusive}, log_{log}, doubt_max_{doubt_max}
    {
    }

    /// Runs `work` on a database that is as fresh as `terms` demand: on a copy, or if none is so
    /// fresh or the copy fails, on the primary. Repeats it if necessary.
    botcore::result<> read(const botcore::read_terms& terms, const reading& work);

    /// As `read`, but repeats the work at most once, and never after a failed attempt to connect.
    botcore::result<> read_once(const botcore::read_terms& terms, const reading& work);

    /// Commits all of `work`, or nothing. Errors: `unavailable`, `outcome_unknown`, `storage_full`,
    /// `internal`.
    ///
    /// After an fsync of SQLite has failed, the runner refuses all writes: a retry could read pages
    /// that are in memory only.
    botcore::result<> write(botcore::deadline until, const transaction& work);

    /// Succeeds if the history of the store includes `position`. Asks the database if necessary.
    ///
    /// Errors: `position_lost`, `unavailable`, `internal`.
    botcore::result<> confirm(const botcore::storage_position& position, botcore::deadline until);

    /// Whether writes are safe: no fsync has failed, and the database is the one that was opened.
    /// Errors: `unavailable`.
    [[nodiscard]] botcore::result<> trust() const;

private:
    using lease = session_pool::lease;

    botcore::result<> read(const botcore::read_terms& terms, const reading& work, bool again);

    /// Whether a copy has run `work`.
    bool read_copy(const botcore::read_terms& terms, const reading& work);

    void run_once(session& db, const transaction& work, botcore::deadline until);
    std::optional<botcore::result<>> verify(
        session& db,
        const transaction& work,
        botcore::deadline until
    );
    std::optional<failure> attempt_on(
        const topology::copy_choice& copy,
        const botcore::read_terms& terms,
        const reading& work
    );

    /// Runs `work` once. Returns the failure, or nothing after a success.
    std::optional<failure> attempt(database_link& link, lease& leased, const reading& work);

    topology& topology_;
    write_lock exclusive_;
    botcore::log& log_;
    std::chrono::milliseconds doubt_max_;
};

}  // namespace botapi::sql
