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
    lost = 1,  ///< The connection is lost, or its server can't write. Retry on another.
    raced,     ///< Another transaction came first. Read the facts again, and retry.
    busy,      ///< The database is locked, or has too many clients. Retry.
    late,      ///< The deadline passed during a statement.
    unsure,    ///< The commit succeeded, but may not be durable.
    foreign,   ///< The file is not a SQLite database.
    full,      ///< The disk is full.
    unsynced,  ///< An fsync failed: the content of the disk is unknown.
    broken,    ///< Anything else: a bug, or a damaged database.
};

/// Whether a database serves requests, and if not, why.
enum class database_state : std::uint8_t {
    serving,
    standby,    ///< PostgreSQL in recovery: it takes no writes, and may lack commits.
    read_only,  ///< `default_transaction_read_only` is on in PostgreSQL.
    replaced,   ///< The database is not the one that was opened.
    unreachable,
};

/// What a failure came from.
enum class failure_source : std::uint8_t {
    work,        ///< A statement or a commit.
    connecting,  ///< An attempt to connect.
    waiting,     ///< None was made: another attempt has just failed.
    fence,       ///< The database takes no writes.
};

/// A driver's error in this adapter's terms. It contains no user data.
struct failure {
    failure_kind kind = failure_kind::broken;
    std::string code;             ///< SQLSTATE, or SQLite's result code. Only for the log.
    std::string text;             ///< One line of the driver's message, only for the log.
    bool was_committing = false;  ///< The error came after the commit was sent.

    /// Whether the transaction may still begin, and commit, though its connection is lost.
    bool may_begin_late = false;
    database_state state = database_state::unreachable;  ///< The state, if `lost`.
    failure_source source = failure_source::work;
};

/// Classifies a driver's exception: by its code, never by its message. Nothing else in this adapter
/// interprets the driver's exceptions.
failure failure_from(const std::exception& thrown);

/// The failure of an attempt to connect.
failure failed_to_connect(std::string reason);

/// Logs that the database serves no requests now, with the reason and the remedy.
void log_lost(const failure& failure, botcore::log& log);

/// The refusal for the caller. Logs what the operator has to know. It does not log a failed attempt
/// to connect, because the function that connects logs it.
botcore::error refusal_from(const failure& failure, botcore::log& log);

/// The refusal for an operator who starts a command. It contains the driver's reason.
botcore::error refusal_at_start(const database_url& url, const failure& failure, botcore::log& log);

/// The refusal if the database did not answer before the deadline.
botcore::error too_late();

/// The refusal if a commit was interrupted and could not be verified in time, or if a commit may
/// not be durable.
botcore::error unknown_outcome();

/// The refusal after a failed fsync: the server writes nothing more to the SQLite file.
botcore::error distrusted();

/// The refusal if another database is in the place of the one that was opened: the server writes
/// nothing to it.
botcore::error displaced();

/// Thrown if a connection can't be made. `what()` is the driver's reason, on one line.
struct unreachable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Thrown without an attempt to connect, because another attempt has just failed.
struct still_away : unreachable {
    explicit still_away(database_state found)
        : unreachable{"The previous attempt to connect has just failed."}, state{found}
    {
    }

    database_state state;
};

/// Thrown if the database takes no writes: it is a `standby`, is `read_only`, or was `replaced`.
struct not_primary : unreachable {
    explicit not_primary(database_state found) : unreachable{"It takes no writes."}, state{found} {}

    database_state state;
};

/// Thrown if a pooler gave the session of another server or of another database.
struct session_moved : std::runtime_error {
    session_moved() : std::runtime_error{"The pooler changed the server or the database."} {}
};

/// Thrown if the server sent a warning during a commit.
struct unsure_commit : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The first line of `text`.
std::string first_line(std::string text);

}  // namespace botapi::sql
