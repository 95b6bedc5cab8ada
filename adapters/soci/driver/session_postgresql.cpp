#include "adapters/soci/driver/session_postgresql.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/connections.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/binary_array.hpp"
#include "adapters/soci/driver/postgresql/pooled_transaction.hpp"
#include "adapters/soci/driver/postgresql/server_state.hpp"
#include "adapters/soci/driver/postgresql/timeline_sql.hpp"

#include <algorithm>
#include <memory>
#include <poll.h>
#include <random>
#include <utility>
#include <variant>

namespace botapi::sql {

using std::chrono::milliseconds;

namespace {

/// The time at which the watchdog acts: the server then had enough time to end a late statement.
botcore::deadline bite_time(botcore::deadline until)
{
    constexpr milliseconds grace{500};
    return until < botcore::deadline::max() - grace ? until + grace : until;
}

/// A pooler may let a new connection wait for a session of the server.
constexpr std::chrono::seconds pooler_max{5};

/// The end of the write-ahead log. As a number in binary format it is an offset.
constexpr std::string_view select_position = "SELECT pg_current_wal_insert_lsn()";

/// The end of what is on the disk. A commit is there before its answer. A standby gets nothing
/// beyond it, so a read that demands this position never waits for the log of others.
constexpr std::string_view select_flushed = "SELECT pg_current_wal_flush_lsn()";

extern "C" void note_warning(void* has_warned, const PGresult* notice)
{
    const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::string_view{severity} == "WARNING")
        *static_cast<bool*>(has_warned) = true;
}

/// Throws if the connection ended while its session waited in the pool. Before anything is sent,
/// such a failure leaves no outcome in doubt.
void check_alive(PGconn& connection)
{
    pollfd readable{.fd = PQsocket(&connection), .events = POLLIN, .revents = 0};
    while (::poll(&readable, 1, 0) > 0) {
        if (PQconsumeInput(&connection) == 0)
            throw_failure(connection, nullptr);
    }
}

/// Lets SOCI name its statements after a random number.
void begin_names_at(soci::session& session, int number)
{
    static_cast<soci::postgresql_session_backend*>(session.get_backend())->statementCount_ = number;
}

}  // namespace

std::uint64_t store_identity::history() const
{
    return history_number(
        std::to_string(database) + ' ' + std::to_string(timeline) + ' ' + migrated_at
    );
}

std::uint64_t store_identity::store() const
{
    return history_number(std::to_string(cluster) + ' ' + std::to_string(database));
}

// The names of statements differ from those of all other sessions. If a pooler begins to mix up
// sessions while this program runs, a statement is then missing, instead of being another one.
session_postgresql::session_postgresql(const database_url& url, pooling pooled, watchdog* guard)
    : session{url, connect(url), pooled == pooling::none ? statement_life::session : statement_life::run},
      is_pooled_{pooled != pooling::none}
{
    std::random_device random;
    name_begin_ = "botapi_" + std::to_string(random()) + '_' + std::to_string(random()) + '_';
    begin_names_at(connection(), static_cast<int>(random() >> 2U));
    if (guard != nullptr) {
        watched_.emplace(*guard, PQsocket(postgresql_of(connection())));
        watched_->expect_by(
            is_pooled_ ? std::chrono::steady_clock::now() + pooler_max : botcore::deadline::max()
        );
    }
    // Without a receiver, libpq writes the server's notices to standard error.
    PQsetNoticeReceiver(postgresql_of(connection()), &note_warning, &has_warned_);
    if (is_pooled_) {
        set_up_pooled();
    } else
        set_up();
    bound_ = statement_max_;
}

// Closes the connection before SOCI destroys the statements. Otherwise SOCI would deallocate each
// statement on the server and wait for an answer, which may never come.
session_postgresql::~session_postgresql()
{
    PQfinish(std::exchange(postgresql_of(connection()), nullptr));
}

void session_postgresql::mark_idle() noexcept
{
    if (watched_)
        watched_->mark_idle();
}

// Every query of this adapter has an index that it can read in order. The planner may see a small
// table when it prepares a statement. It must not decide then that a sequential scan is cheaper. It
// also need not make a new plan for every batch.
//
// The server must end an idle transaction of a program that it can't reach any more, as after a
// network failure. Otherwise its locks would block other programs for longer than they wait.
void session_postgresql::set_up()
{
    execute(
        "SET client_min_messages = warning; SET enable_seqscan = off; SET enable_bitmapscan = off; "
        "SET jit = off; SET plan_cache_mode = force_generic_plan;"
        "SET default_transaction_isolation = 'read committed';"
        "SELECT set_config('idle_in_transaction_session_timeout', '15s', false)"
        " WHERE current_setting('idle_in_transaction_session_timeout') = '0';"
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    );
    auto& setting = prepared(
        {"SELECT CAST(setting AS bigint), CAST(pg_backend_pid() AS bigint), " +
             std::string{started_at_us_column} +
             " FROM pg_settings WHERE name = 'statement_timeout'",
         {},
         "nnn"}
    );
    for (setting.run(); setting.next();) {
        statement_max_ = milliseconds{setting.number(0)};
        place_.started_at_us = setting.number(2);
        is_relayed_ = setting.number(1) != PQbackendPID(postgresql_of(connection()));
    }
    if (statement_max_ == milliseconds{0})
        statement_max_ = time_left(botcore::deadline::max());
}

/// Changes nothing: see `pooled_transaction.hpp`.
void session_postgresql::set_up_pooled()
{
    is_relayed_ = true;
    auto& found = prepared({select_place, {}, "nnn"});
    for (found.run(); found.next();) {
        place_ = {.database = found.number(0), .started_at_us = found.number(1)};
        statement_max_ = milliseconds{found.number(2)};
    }
    if (statement_max_ == milliseconds{0})
        statement_max_ = time_left(botcore::deadline::max());
    state_ = query_state();
}

store_identity session_postgresql::identify_store()
{
    begin_read(
        is_pooled_ ? std::chrono::steady_clock::now() + pooler_max : botcore::deadline::max()
    );
    store_identity found;
    auto& selection = prepared(
        {"SELECT CAST(d.oid AS bigint), " + std::string{timeline_column} +
             ", CAST(to_regclass('botapi_schema') IS NOT NULL AS integer), c.system_identifier,"
             " CAST(pg_is_in_recovery() AS integer)"
             " FROM pg_database d, pg_control_system() c WHERE d.datname = current_database()",
         {},
         "nnnnn"}
    );
    bool has_history = false;
    for (selection.run(); selection.next();) {
        found.database = selection.number(0);
        found.timeline = selection.number(1);
        has_history = selection.number(2) != 0;
        found.cluster = selection.number(3);
        is_on_standby_ = selection.number(4) != 0;
    }
    if (has_history) {
        auto& first = prepared({"SELECT applied_at FROM botapi_schema WHERE number = 1", {}, "t"});
        for (first.run(); first.next();)
            found.migrated_at = first.text(0);
    }
    end_read();
    store_ = found;
    return found;
}

std::uint64_t session_postgresql::history()
{
    if (!is_on_standby_)
        return session::history();
    auto& last = prepared({"SELECT CAST(max(timeline) AS bigint) FROM timelines", {}, "n"});
    for (last.run(); last.next();)
        store_.timeline = last.is_null(0) ? 0 : last.number(0);
    return store_.history();
}

timeline_starts session_postgresql::learn_timelines(const store_identity& store)
{
    begin_read(std::chrono::steady_clock::now() + pooler_max);
    timeline_starts known;
    auto& recorded = prepared({"SELECT timeline, begins_at FROM timelines", {}, "nn"});
    for (recorded.run(); recorded.next();) {
        auto& start = known[static_cast<std::uint32_t>(recorded.number(0))];
        if (!recorded.is_null(1))
            start = recorded.count(1);
    }
    end_read();
    if (known.contains(static_cast<std::uint32_t>(store.timeline)) || is_on_standby_)
        return known;
    execute(record_timeline);
    return learn_timelines(store);
}

statement& session_postgresql::prepared(const sql_text& text)
{
    send_begin();
    return find_or_prepare(text);
}

void session_postgresql::select(
    const query& selection,
    std::string_view /*columns*/,
    const std::function<bool(const row&)>& each
)
{
    std::vector<std::string> parameters;
    parameters.reserve(selection.values().size());
    const auto encode = [](const auto& known) { return in_binary(known); };
    for (const auto& value : selection.values())
        parameters.push_back(std::visit(encode, value));
    const auto rows = run_binary(selection.sql, {parameters.begin(), parameters.end()});
    for (std::size_t number = 0; number < rows.size(); ++number) {
        if (!each(binary_row{rows, number}))
            return;
    }
}

void session_postgresql::select_by_ids(
    const sql_text& select,
    std::string_view column,
    std::span<const botcore::uuid> ids,
    const std::function<void(const row&)>& each,
    std::string_view rest
)
{
    if (ids.empty())
        return;
    binary_array all{binary_array::element::uuid, ids.size(), botcore::uuid::size};
    for (const auto& id : ids)
        all.add(id);
    const auto rows = run_binary(
        select.sql + " WHERE " + std::string{column} + " = ANY($1::uuid[])" + std::string{rest},
        {all.bytes()}
    );
    for (std::size_t number = 0; number < rows.size(); ++number)
        each(binary_row{rows, number});
}

// This bypasses SOCI, which would look for parameters in comments.
void session_postgresql::execute(const std::string& script)
{
    send_begin();
    const std::unique_ptr<PGresult, decltype(&PQclear)> done{
        PQexec(postgresql_of(connection()), script.c_str()),
        &PQclear};
    const auto status = PQresultStatus(done.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw_failure(*postgresql_of(connection()), done.get());
}

void session_postgresql::begin_read(botcore::deadline until)
{
    limit(until);
    is_reading_ = is_pooled_;
}

void session_postgresql::end_read()
{
    is_reading_ = false;
    if (is_pooled_ && is_in_transaction())
        execute("COMMIT");
}

void session_postgresql::limit(botcore::deadline until)
{
    if (watched_)
        watched_->expect_by(bite_time(until));
    const auto wanted = std::min(time_left(until), statement_max_);
    if (bound_ * 4 >= wanted * 3 && bound_ * 3 <= wanted * 4)
        return;
    if (!is_pooled_)
        execute("SET statement_timeout = " + std::to_string(wanted.count()));
    bound_ = wanted;
}

void session_postgresql::begin_write(const write_lock& lock, botcore::deadline until)
{
    has_sent_commit_ = false;
    may_begin_late_ = false;
    is_reading_ = false;
    limit(until);
    unsent_lock_ = lock.statement;
}

void session_postgresql::check_primary()
{
    auto reported = reported_state(*postgresql_of(connection()));
    if (is_relayed_)
        reported.reset();
    if (is_pooled_)
        reported = state_;
    const auto state = reported ? *reported : query_state();
    if (state != database_state::serving)
        throw not_primary{state};
}

database_state session_postgresql::query_state()
{
    return state_from(prepared({std::string{state_query}, {}, "n"}).run_for_count());
}

bool session_postgresql::is_in_transaction() const noexcept
{
    return PQtransactionStatus(postgresql_of(connection())) != PQTRANS_IDLE;
}

// One round trip. The lock is a statement of its own. Under READ COMMITTED, the snapshots of the
// later statements are then taken while the lock is held.
void session_postgresql::send_begin()
{
    const auto lock = std::exchange(unsent_lock_, std::nullopt);
    if (!is_pooled_) {
        if (lock)
            execute("BEGIN; " + std::string{*lock});
        return;
    }
    if (!lock && (!is_reading_ || is_in_transaction()))
        return;
    pipeline sent{*postgresql_of(connection())};
    send_opening(sent);
    if (lock)
        send(sent, std::string{*lock}, {});
    finish_opened(sent);
}

/// Sends the statements with which a transaction begins behind a pooler.
void session_postgresql::send_opening(pipeline& sent)
{
    const auto timeout = std::to_string(bound_.count());
    const auto database = in_binary(place_.database);
    const auto started_at = in_binary(place_.started_at_us);
    sent.run(std::string{begin_pooled});
    send(sent, open_pooled, {timeout, database, started_at});
}

/// The answers after those of `send_opening`. Throws `session_moved`: then nothing after the
/// opening has run, a commit included.
std::vector<binary_rows> session_postgresql::finish_opened(pipeline& sent)
{
    try {
        auto answers = sent.finish();
        state_ = state_from(binary_row{answers.front(), 0}.count(0));
        answers.erase(answers.begin());
        return answers;
    } catch (const soci::postgresql_soci_error& thrown) {
        if (thrown.sqlstate() != is_elsewhere)
            throw;
        has_sent_commit_ = false;
        may_begin_late_ = false;
        throw session_moved{};
    }
}

binary_rows session_postgresql::run_binary(
    const std::string& sql,
    const std::vector<std::string_view>& parameters
)
{
    const binary_query only{sql, parameters};
    return std::move(run_binary(std::span{&only, 1}).back());
}

std::vector<binary_rows> session_postgresql::run_binary(std::span<const binary_query> queries)
{
    if (!is_reading_)
        send_begin();
    const bool is_whole = is_pooled_ && !is_in_transaction();
    pipeline sent{*postgresql_of(connection())};
    if (is_whole)
        send_opening(sent);
    for (const auto& [sql, parameters] : queries)
        send(sent, sql, parameters);
    if (!is_whole)
        return sent.finish();
    sent.run("COMMIT");
    return finish_opened(sent);
}

// All statements up to a synchronisation are one transaction, which ends there (PostgreSQL 15,
// section 55.2.4): without a pooler, BEGIN and COMMIT are not needed.
binary_rows session_postgresql::run_as_transaction(
    const std::string& sql,
    const std::vector<std::string_view>& parameters
)
{
    check_alive(*postgresql_of(connection()));
    pipeline sent{*postgresql_of(connection())};
    if (is_pooled_)
        send_opening(sent);
    const auto lock = std::exchange(unsent_lock_, std::nullopt);
    send(sent, std::string{lock.value()}, {});
    send(sent, sql, parameters);
    if (is_pooled_) {
        sent.run("COMMIT");
    } else
        sent.end_transaction();
    may_begin_late_ = true;
    auto answers = finish_committed(sent, is_pooled_);
    return std::move(answers.back());
}

/// Sends the statements of `sent`, which commit, and returns their answers. Learns the position
/// behind the commit in the same round trip. `has_opening`: whether `send_opening` was called.
std::vector<binary_rows> session_postgresql::finish_committed(pipeline& sent, bool has_opening)
{
    send(sent, std::string{select_flushed}, {});
    has_warned_ = false;
    has_sent_commit_ = true;
    auto answers = has_opening ? finish_opened(sent) : sent.finish();
    if (has_warned_)
        throw unsure_commit{"The server warned of the commit."};
    position_.offset = binary_row{answers.back(), 0}.count(0);
    answers.pop_back();
    return answers;
}

/// Sends a statement, and prepares it before if necessary. If that fails, the name stays in the map
/// without a statement on the server. The server then answers 26000 to its next use, and the
/// session is replaced.
///
/// A pooler does not know of DEALLOCATE. Behind it, the first statements keep their names, and
/// those for which no room is left are prepared without one.
void session_postgresql::send(
    pipeline& sent,
    const std::string& sql,
    const std::vector<std::string_view>& parameters
)
{
    if (const auto* const known = names_.find(sql)) {
        sent.run_prepared(*known, parameters);
        return;
    }
    if (is_pooled_ && names_.is_full()) {
        sent.prepare("", sql);
        sent.run_prepared("", parameters);
        return;
    }
    if (const auto forgotten = names_.make_room())
        sent.run("DEALLOCATE " + *forgotten);
    const auto& name = names_.add(sql, name_begin_ + std::to_string(names_made_++));
    sent.prepare(name, sql);
    sent.run_prepared(name, parameters);
}

// A server that stops waiting for its standbys commits and sends a warning: a failover may lose the
// commit.
void session_postgresql::commit()
{
    end_transaction({});
}

// A commit that writes nothing waits for no standby, so this writes an empty message.
void session_postgresql::settle()
{
    end_transaction(
        "SELECT pg_logical_emit_message(true, 'botapi', '')"
        " WHERE current_setting('synchronous_standby_names') <> ''"
    );
}

/// Runs `before`, unless it is empty, and commits.
void session_postgresql::end_transaction(const std::string& before)
{
    send_begin();
    pipeline sent{*postgresql_of(connection())};
    if (!before.empty())
        sent.run(before);
    sent.run("COMMIT");
    if (!is_pooled_)
        sent.end_transaction();
    finish_committed(sent, false);
}

botcore::storage_position session_postgresql::look_up_position()
{
    position_.offset = binary_row{run_binary(std::string{select_position}, {}), 0}.count(0);
    return position_;
}

bool session_postgresql::rollback() noexcept
{
    try {
        if (is_lost())
            return false;
        unsent_lock_.reset();
        is_reading_ = false;
        if (is_in_transaction())
            execute("ROLLBACK");
        return !is_lost();
    } catch (const std::exception&) {
        return false;
    }
}

bool session_postgresql::is_lost() const noexcept
{
    return PQstatus(postgresql_of(connection())) != CONNECTION_OK;
}

}  // namespace botapi::sql
