#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/driver/postgresql/pipeline.hpp"
#include "adapters/soci/driver/postgresql/watched_socket.hpp"
#include "adapters/soci/driver/sqlite/checkpointer.hpp"
#include "adapters/soci/driver/statement.hpp"

#include <botcore/domain/uuid.hpp>
#include <botcore/ports/deadline.hpp>

#include <soci/soci.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

class watchdog;

/// How a transaction that writes stands to the bots. On PostgreSQL these are the two modes of one
/// advisory lock; SQLite has one writer at a time anyway.
enum class bots_lock : std::uint8_t {
    shared,     ///< No bot comes or goes while it lasts.
    exclusive,  ///< It changes bots: no other transaction that writes is under way.
};

/// The key of the advisory lock that `bots_lock` speaks of: "bots" in ASCII.
inline constexpr std::string_view bots_lock_key = "1651471475";

/// A statement for PostgreSQL. `parameters` are the bytes of `$1`, `$2`, … in binary; one without
/// data is a null.
struct binary_query {
    std::string sql;
    std::vector<std::string_view> parameters{};
};

/// One connection and its prepared statements. Failures are thrown as the driver throws them, see
/// `failure_from`.
///
/// Thread safety: none. A session is leased to one thread.
class session {
public:
    /// Connects. Throws `unreachable`.
    ///
    /// `statement_max` bounds every statement on PostgreSQL, unless the user's own settings do.
    /// Checkpoints of SQLite are left to `checkpoints`, and a server of PostgreSQL that hangs to
    /// `guard`, if there is one. Both must outlive the session.
    session(
        const database_url& url,
        std::chrono::milliseconds statement_max,
        checkpointer* checkpoints = nullptr,
        watchdog* guard = nullptr
    );
    ~session();

    session(const session&) = delete;
    session& operator=(const session&) = delete;

    [[nodiscard]] sql::dialect dialect() const noexcept { return dialect_; }
    [[nodiscard]] bool is_postgresql() const noexcept { return dialect_ == dialect::postgresql; }

    /// A statement, prepared when it is asked for first. Lifetime: until the next call.
    statement& prepared(const sql_text& text);

    /// Runs a statement on PostgreSQL. `parameters` are the bytes of `$1`, `$2`, … in binary, and
    /// so is the answer; one without data is a null.
    binary_rows run_binary(const std::string& sql, const std::vector<std::string_view>& parameters);

    /// Several of them in one round trip, and in one transaction: the answers, in order.
    std::vector<binary_rows> run_binary(std::span<const binary_query> queries);

    /// The same as all of the transaction for which `begin_write` was called, commit included: in
    /// one round trip. Throws as `commit` does.
    binary_rows run_as_transaction(
        const std::string& sql,
        const std::vector<std::string_view>& parameters
    );

    /// Selects the rows whose `column` is one of `ids`, and calls `each` for every one: in one
    /// statement where the database has arrays, else in one for each id, within one transaction.
    ///
    /// `select` ends before its `WHERE`; `rest` is added to the condition.
    void select_by_ids(
        const sql_text& select,
        std::string_view column,
        std::span<const botcore::uuid> ids,
        const std::function<void(const row&)>& each,
        std::string_view rest = {}
    );

    /// Executes any number of statements, without parameters, and without an answer.
    void execute(const std::string& script);

    /// Bounds what comes next, up to `begin_write` or the end of a read.
    ///
    /// On SQLite exactly, on PostgreSQL within a third, since another bound than the last costs a
    /// round trip.
    void limit(botcore::deadline until);

    /// Nothing is expected of the session now.
    void rest() noexcept;

    /// Throws what a lost connection does, if the server is a standby: it need not have all that
    /// was committed, so nothing may be written on the ground of what it says.
    void check_primary();

    /// On PostgreSQL nothing is sent yet: the begin goes with the transaction's first statement.
    void begin_write(bots_lock lock, botcore::deadline until);

    /// Throws `unsure_commit` if it may not last.
    void commit();

    /// Also ends a transaction that failed. False if the session is of no use any more.
    bool rollback() noexcept;

    [[nodiscard]] bool is_lost() const noexcept;

    /// Whether the commit of the last transaction was sent. If the session was lost then, nobody
    /// knows whether it was done.
    [[nodiscard]] bool has_sent_commit() const noexcept { return has_sent_commit_; }

    /// Grows from session to session of this program, in the order in which they were connected.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

private:
    void set_up_postgresql(std::chrono::milliseconds statement_max);
    void set_up_sqlite(checkpointer* checkpoints);
    void limit_postgresql(botcore::deadline until);
    void send_begin();
    const std::string& name_of(pipeline& sent, const std::string& sql);
    void limit_sqlite(botcore::deadline until);

    sql::dialect dialect_;
    std::uint64_t number_;
    std::optional<bots_lock> unsent_begin_{};  ///< PostgreSQL's, while it waits for a statement.
    bool has_sent_commit_ = false;
    botcore::deadline until_{};                  ///< SQLite looks at it.
    bool has_warned_ = false;                    ///< Set by PostgreSQL's warnings.
    std::chrono::milliseconds statement_max_{};  ///< PostgreSQL's, from us or from the user.
    std::chrono::milliseconds bound_{};          ///< PostgreSQL's now.
    std::unique_ptr<soci::session> soci_;
    std::optional<watched_socket> watched_{};  ///< PostgreSQL's, if somebody watches.
    std::map<std::string, std::unique_ptr<statement>, std::less<>> statements_;
    std::map<std::string, std::string, std::less<>> names_;  ///< Of statements in binary.
};

/// Whole milliseconds from now to `until`, at least one.
std::chrono::milliseconds time_left(botcore::deadline until);

}  // namespace botapi::sql
