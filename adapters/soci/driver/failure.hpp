#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <botcore/error.hpp>
#include <botcore/ports/log.hpp>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

namespace botapi::sql {

/// What a driver's error means for the work at hand.
enum class failure_kind : std::uint8_t {
    lost = 1,  ///< The connection is gone or can't write here. Try again on another.
    raced,     ///< Another transaction won. Try again with fresh facts.
    busy,      ///< The database has no room for one more now. Try again.
    late,      ///< The deadline passed within a statement.
    unsure,    ///< The commit was done, but may not last.
    foreign,   ///< The file is no SQLite database.
    full,      ///< No room left on the disk.
    unsynced,  ///< The disk did not keep what it was told to keep: nobody knows what it has.
    broken,    ///< Anything else: a bug, or a damaged database.
};

/// Whether a database serves requests, and if not, why.
enum class database_state : std::uint8_t {
    serving,
    standby,    ///< PostgreSQL in recovery: it takes no writes, and may lack what was committed.
    read_only,  ///< PostgreSQL whose `default_transaction_read_only` is on: an operator's fence.
    unreachable,
};

/// What was thrown, without any data of users.
struct failure {
    failure_kind kind = failure_kind::broken;
    std::string code;             ///< SQLSTATE, or SQLite's result code.
    std::string text;             ///< One line of the driver's, for the log alone.
    bool was_committing = false;  ///< Whether it came after a commit was sent.
    database_state state = database_state::unreachable;  ///< Of the database, if it was `lost`.
};

/// The one place where this adapter turns the driver's exceptions into what they mean: by code,
/// never by message text.
failure failure_from(const std::exception& thrown);

/// Tells the operator that the database serves nothing now: why, and what helps.
void log_lost(const failure& found, botcore::log& log);

/// What the caller is told. Writes to the log what the operator has to know, but for tries to
/// connect, of which whoever makes them tells.
botcore::error refusal_from(const failure& found, botcore::log& log);

/// What the operator is told, who may read the driver's reason.
botcore::error refusal_at_start(const database_url& url, const failure& found, botcore::log& log);

/// The database did not do it in time.
botcore::error too_late();

/// The commit was cut short, and nobody could be asked in time, or it may not last.
botcore::error unknown_outcome();

/// The disk failed once: SQLite's file is not written to any more.
botcore::error distrusted();

/// A connection that could not be made. `what()` is the driver's reason, on one line.
struct unreachable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One that was not tried, since another has just failed.
struct still_away : unreachable {
    explicit still_away(database_state found)
        : unreachable{"It was away a moment ago."}, state{found}
    {
    }

    database_state state;
};

/// A connection to a server that takes no writes: a `standby`, or one that is `read_only`.
struct not_primary : unreachable {
    explicit not_primary(database_state found) : unreachable{"It takes no writes."}, state{found} {}

    database_state state;
};

/// A commit of which the server warned.
struct unsure_commit : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The first line of `text`.
std::string first_line(std::string text);

}  // namespace botapi::sql
