#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <botcore/error.hpp>
#include <botcore/ports/log.hpp>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>

namespace botapi::sql {

/// The meaning of a driver's error for the current work.
enum class failure_kind : std::uint8_t {
    lost = 1,  ///< The connection is gone, or its server can't write. Try again on another.
    raced,     ///< Another transaction won. Try again with fresh facts.
    busy,      ///< The database is locked or has too many clients now. Try again.
    late,      ///< The deadline passed within a statement.
    unsure,    ///< The commit was done, but may not be durable.
    foreign,   ///< The file is not a SQLite database.
    full,      ///< The disk is full.
    unsynced,  ///< An fsync failed: nobody knows what the disk holds.
    broken,    ///< Anything else: a bug, or a damaged database.
};

/// Whether a database serves requests, and if not, why.
enum class database_state : std::uint8_t {
    serving,
    standby,    ///< PostgreSQL in recovery: it takes no writes, and may lack what was committed.
    read_only,  ///< PostgreSQL whose `default_transaction_read_only` is on: an operator's fence.
    replaced,   ///< Another database than the one that was opened.
    unreachable,
};

/// A thrown error, without any data of users.
struct failure {
    failure_kind kind = failure_kind::broken;
    std::string code;             ///< SQLSTATE, or SQLite's result code.
    std::string text;             ///< One line of the driver's message, only for the log.
    bool was_committing = false;  ///< Whether it came after a commit was sent.

    /// Whether the transaction may still begin, and commit, though its connection is lost.
    bool may_begin_late = false;
    database_state state = database_state::unreachable;  ///< Of the database, if it was `lost`.
};

/// Classifies a driver's exception: by its code, never by its message. Nothing else in this adapter
/// interprets the driver's exceptions.
failure failure_from(const std::exception& thrown);

/// Logs that the database serves no requests now, with the reason and the remedy.
void log_lost(const failure& failure, botcore::log& log);

/// The refusal for the caller. Logs what the operator has to know, except failed attempts to
/// connect: whoever made the attempt logs it.
botcore::error refusal_from(const failure& failure, botcore::log& log);

/// The refusal for the operator, who may read the driver's reason.
botcore::error refusal_at_start(const database_url& url, const failure& failure, botcore::log& log);

/// The database did not answer before the deadline.
botcore::error too_late();

/// The commit was cut short and could not be verified in time, or it may not be durable.
botcore::error unknown_outcome();

/// An fsync failed: nothing is written to the SQLite file any more.
botcore::error distrusted();

/// The database is not the one that was opened: nothing is written to it any more.
botcore::error displaced();

/// A connection that could not be made. `what()` is the driver's reason, on one line.
struct unreachable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A connection that was not attempted, since another attempt has just failed.
struct still_away : unreachable {
    explicit still_away(database_state found)
        : unreachable{"The previous attempt to connect has just failed."}, state{found}
    {
    }

    database_state state;
};

/// A connection to a database that takes no writes: a `standby`, or one that is `read_only` or was
/// `replaced`.
struct not_primary : unreachable {
    explicit not_primary(database_state found) : unreachable{"It takes no writes."}, state{found} {}

    database_state state;
};

/// A commit after which the server sent a warning.
struct unsure_commit : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The first line of `text`.
std::string first_line(std::string text);

}  // namespace botapi::sql
