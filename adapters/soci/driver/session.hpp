#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/driver/query.hpp"
#include "adapters/soci/driver/recently_used.hpp"
#include "adapters/soci/driver/sql_dialect.hpp"
#include "adapters/soci/driver/statement.hpp"

#include <botcore/domain/storage_position.hpp>
#include <botcore/domain/uuid.hpp>
#include <botcore/ports/deadline.hpp>

#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace botapi::sql {

/// The lock under which a transaction writes. On PostgreSQL it is a statement that runs before all
/// others, so that their snapshots are taken while the lock is held. SQLite ignores it, because it
/// admits one writer at a time.
struct write_lock {
    std::string_view statement;  ///< Lifetime: that of the program.
};

/// One connection and its prepared statements. The functions throw the driver's exceptions: see
/// `failure_from`.
///
/// Thread safety: none. A session is leased to one thread.
class session {
public:
    virtual ~session() = default;

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// The parts of SQL in which this database differs from the other.
    [[nodiscard]] const sql_dialect& dialect() const noexcept { return dialect_; }

    /// A statement, prepared at its first use. Lifetime: until the next call.
    virtual statement& prepared(const sql_text& text) = 0;

    /// Runs a query and calls `each` for its rows until `each` returns false. `columns` are the
    /// types of the columns (see `sql_text`).
    virtual void select(
        const query& selection,
        std::string_view columns,
        const std::function<bool(const row&)>& each
    ) = 0;

    /// Selects the rows whose `column` is one of `ids`, and calls `each` for every row. PostgreSQL
    /// needs one statement. SQLite needs one statement for each id, all in one transaction.
    ///
    /// `select` ends before its `WHERE`; `rest` is added to the condition.
    virtual void select_by_ids(
        const sql_text& select,
        std::string_view column,
        std::span<const botcore::uuid> ids,
        const std::function<void(const row&)>& each,
        std::string_view rest = {}
    ) = 0;

    /// Executes any number of statements without parameters. Their answers are discarded.
    virtual void execute(const std::string& script) = 0;

    /// Sets the time limit of the following statements, up to `begin_write` or the end of a read.
    /// Before the first call, PostgreSQL applies only the user's own settings.
    ///
    /// The limit is exact on SQLite. On PostgreSQL it may differ by a third, because each new limit
    /// costs a round trip.
    virtual void limit(botcore::deadline until) = 0;

    /// Begins a read of any number of statements that must end by `until`. They are not one
    /// transaction for the caller: each sees what was committed before it began.
    virtual void begin_read(botcore::deadline until) { limit(until); }

    /// Ends a read. After a failure, `rollback` ends it.
    virtual void end_read() {}

    /// Says that the session expects no answer of the database until the next call.
    virtual void mark_idle() noexcept = 0;

    /// Throws `not_primary` if the server takes no writes, according to its last answer. Such a
    /// server may lack committed data, so its answers must not be used. Costs no round trip, except
    /// through a pooler.
    virtual void check_primary() = 0;

    /// Begins a transaction that takes `lock` first. The database may learn of the transaction only
    /// with its first statement.
    virtual void begin_write(const write_lock& lock, botcore::deadline until) = 0;

    /// Throws `unsure_commit` if the commit may not be durable.
    virtual void commit() = 0;

    /// Ends a transaction that has written nothing, and makes what it has read as durable as a
    /// commit: after a crash, a server shows commits that its standbys may not have yet. Throws as
    /// `commit` does.
    virtual void settle() = 0;

    /// Ends the transaction, also a failed one. False if the session can't be used any more.
    virtual bool rollback() noexcept = 0;

    [[nodiscard]] virtual bool is_lost() const noexcept = 0;

    /// Whether the commit of the last transaction was sent. If the session is lost after that, the
    /// outcome of the commit is unknown.
    [[nodiscard]] bool has_sent_commit() const noexcept { return has_sent_commit_; }

    /// Whether the last transaction was sent in one piece, its lock included. If the session is
    /// lost after that, the transaction may still be in the network. It can then begin and commit
    /// later, and no query shows whether it will.
    [[nodiscard]] bool may_begin_late() const noexcept { return may_begin_late_; }

    /// The history of the store (see `list_version`) that the last statement has read, or a later
    /// one. Set by the link that opens the session. A standby is asked, because it may have
    /// followed its primary to a new timeline since.
    [[nodiscard]] virtual std::uint64_t history() { return history_; }
    void set_history(std::uint64_t history) noexcept { history_ = history; }

    /// The position of the store behind the last transaction that `commit` or `settle` ended. At
    /// first, where the link found the store when it opened the session.
    [[nodiscard]] const botcore::storage_position& position() const noexcept { return position_; }
    void set_position(const botcore::storage_position& position) noexcept { position_ = position; }

    /// Asks the database for its current position.
    virtual botcore::storage_position look_up_position() { return position_; }

    /// The number of this session: sessions of this program are numbered in the order in which they
    /// connect.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

protected:
    /// The number of prepared statements of each kind that a session keeps. It is greater than the
    /// number in use at a time. It is bounded because filters make hundreds of statements, and each
    /// costs PostgreSQL some 100 KiB.
    static constexpr std::size_t statements_max = 64;

    session(
        const database_url& url,
        std::unique_ptr<soci::session> connection,
        statement_life life = statement_life::session
    );

    [[nodiscard]] soci::session& connection() const noexcept { return *connection_; }

    /// Prepares a statement, or finds it prepared.
    statement& find_or_prepare(const sql_text& text);

    /// Frees the memory of the statements' answers.
    void finish_statements();

    bool has_sent_commit_ = false;
    bool may_begin_late_ = false;
    botcore::storage_position position_{};

private:
    const sql_dialect& dialect_;
    sql::dialect kind_;
    statement_life life_;
    std::uint64_t number_;
    std::uint64_t history_ = 0;
    std::unique_ptr<soci::session> connection_;
    recently_used<std::unique_ptr<statement>> statements_;
};

/// Opens a session for one task, such as a migration. No watchdog guards it, and SQLite makes
/// checkpoints within its commits. Throws `unreachable`.
std::unique_ptr<session> open_session(const database_url& url, pooling pooled);

/// The same for a task that only reads. It also opens a copy of a SQLite file that can't be
/// written.
std::unique_ptr<session> open_session_to_read(const database_url& url, pooling pooled);

/// The number of the history that `text` identifies.
std::uint64_t history_number(std::string_view text);

/// Whole milliseconds from now to `until`, at least one.
std::chrono::milliseconds time_left(botcore::deadline until);

}  // namespace botapi::sql
