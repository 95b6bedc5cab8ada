#pragma once

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/sqlite/fifo_gate.hpp"
#include "adapters/soci/engine/session_pool.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace botapi::sql {

/// Whether a commit that was cut short happened.
enum class commit_status : std::uint8_t { not_committed, committed, unknown };

/// How far a transaction got.
enum class progress : std::uint8_t {
    nothing,    ///< There is nothing to commit.
    written,    ///< There is something to commit.
    committed,  ///< That is done already.
};

/// A transaction that writes. Both functions may be called several times: a transaction that failed
/// is made again from the start.
struct transaction {
    /// Reads the facts, decides, writes.
    std::function<progress(session&)> carry_out;

    /// Whether what `carry_out` wrote last is stored. Called within a transaction that keeps all
    /// other writers out, and so after the one in doubt has ended either way.
    std::function<commit_status(session&)> verify_commit;
};

/// Runs work on sessions, and is the only one that knows about retries.
///
/// What fails for a reason that passes is tried again until the deadline; a database that can't be
/// reached, for one and a half seconds at most, counted from when anybody missed it first.
class transaction_runner {
public:
    /// Keeps a reference: `log` must outlive the runner.
    transaction_runner(
        database_url url,
        std::size_t sessions,
        std::chrono::milliseconds statement_max,
        botcore::log& log
    );

    botcore::result<> read(botcore::deadline until, const std::function<void(session&)>& work);

    /// As `read`, without a second try.
    botcore::result<> read_once(botcore::deadline until, const std::function<void(session&)>& work);

    /// Commits `work`, or nothing of it. Errors: `unavailable`, `outcome_unknown`, `storage_full`,
    /// `internal`.
    ///
    /// Once a disk has failed to keep what SQLite wrote, all is refused from then on: what a second
    /// try would find may be in memory only.
    botcore::result<> write(bots_lock lock, botcore::deadline until, const transaction& work);

    /// Whether anything would be written. Errors: `unavailable`.
    [[nodiscard]] botcore::result<> trust() const;

private:
    using lease = session_pool::lease;
    using step = std::function<void(session&)>;

    botcore::result<> read(botcore::deadline until, const step& work, bool again);
    /// Nothing, if it worked.
    std::optional<failure> run(lease& leased, const step& work);

    fifo_gate writers_;
    session_pool pool_;
    botcore::log& log_;
};

}  // namespace botapi::sql
