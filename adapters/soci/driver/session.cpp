#include "adapters/soci/driver/session.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/connections.hpp"
#include "adapters/soci/driver/failure.hpp"

#include <algorithm>
#include <atomic>
#include <climits>
#include <utility>

namespace botapi::sql {

using std::chrono::milliseconds;

namespace {

/// More different statements than any program asks for, but an end to what a server keeps for us.
constexpr std::size_t statements_max = 300;

constexpr milliseconds longest{INT_MAX};  ///< That a database lets us set.

constexpr int steps_between_looks = 10'000;  ///< Of SQLite's virtual machine, well under 1 ms.

/// When the server had all the time to end a statement that is too late.
botcore::deadline bite_time(botcore::deadline until)
{
    constexpr milliseconds grace{500};
    return until < botcore::deadline::max() - grace ? until + grace : until;
}

std::uint64_t next_number()
{
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

extern "C" void note_warning(void* has_warned, const PGresult* notice)
{
    const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::string_view{severity} == "WARNING")
        *static_cast<bool*>(has_warned) = true;
}

extern "C" int is_late(void* until)
{
    return std::chrono::steady_clock::now() >= *static_cast<botcore::deadline*>(until) ? 1 : 0;
}

}  // namespace

session::session(
    const database_url& url,
    milliseconds statement_max,
    checkpointer* checkpoints,
    watchdog* guard
)
    : dialect_{url.dialect()}, number_{next_number()}, soci_{connect(url)}
{
    if (is_postgresql()) {
        if (guard != nullptr) {
            watched_.emplace(*guard, PQsocket(postgresql_of(*soci_)));
            watched_->expect_by(botcore::deadline::max());
        }
        set_up_postgresql(statement_max);
    } else {
        set_up_sqlite(checkpoints);
    }
}

// The connection ends before the statements, which SOCI would else take back one by one, and wait
// for an answer to each: that may never come.
session::~session()
{
    if (is_postgresql())
        PQfinish(std::exchange(postgresql_of(*soci_), nullptr));
}

void session::rest() noexcept
{
    if (watched_)
        watched_->rest();
}

// Every query here has an index to read from, in order. The planner must not conclude from a table
// that was small when a statement was prepared that reading all of it is cheaper. And it need not
// plan anew for every batch, however large.
//
// Who lets a server refuse to write (default_transaction_read_only) fences it off from us: that is
// not overruled, but reason to look for another one.
//
// A program that vanished without a word, as behind a network that broke, must not keep its locks
// for longer than others are willing to wait.
void session::set_up_postgresql(milliseconds statement_max)
{
    // Else libpq would write what a server says unasked to our standard error.
    PQsetNoticeReceiver(postgresql_of(*soci_), &note_warning, &has_warned_);
    execute(
        "SET client_min_messages = warning; SET enable_seqscan = off; SET enable_bitmapscan = off; "
        "SET jit = off; SET plan_cache_mode = force_generic_plan;"
        "SET default_transaction_isolation = 'read committed';"
        "SELECT set_config('statement_timeout', '" +
        std::to_string(statement_max.count()) +
        "', false) WHERE current_setting('statement_timeout') = '0';"
        "SELECT set_config('idle_in_transaction_session_timeout', '15s', false)"
        " WHERE current_setting('idle_in_transaction_session_timeout') = '0';"
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    );
    auto& asked = prepared(
        {"SELECT CAST(setting AS bigint) FROM pg_settings WHERE name = 'statement_timeout'",
         {},
         "n"}
    );
    for (asked.run(); asked.next();)
        statement_max_ = milliseconds{asked.number(0)};
    if (statement_max_ == milliseconds{0})
        statement_max_ = longest;
    bound_ = statement_max_;
}

void session::set_up_sqlite(checkpointer* checkpoints)
{
    limit_sqlite(std::chrono::steady_clock::now() + std::chrono::seconds{5});
    // So that an error of fsync can be told from others of the disk.
    sqlite_api::sqlite3_extended_result_codes(sqlite_of(*soci_), 1);
    execute(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = " +
        std::to_string(checkpointer::pages_max)
    );
    if (checkpoints != nullptr)
        checkpoints->watch(*soci_);
}

statement& session::prepared(const sql_text& text)
{
    send_begin();
    const auto kept = statements_.find(text.sql);
    if (kept != statements_.end() && !kept->second->has_failed())
        return *kept->second;
    if (kept != statements_.end())
        statements_.erase(kept);
    if (statements_.size() >= statements_max)
        statements_.clear();
    auto made = std::make_unique<statement>(*soci_, dialect_, text);
    return *statements_.emplace(text.sql, std::move(made)).first->second;
}

// Not through SOCI, which would look for parameters in comments, and which gives SQLite the first
// statement only.
void session::execute(const std::string& script)
{
    send_begin();
    if (is_postgresql()) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> done{
            PQexec(postgresql_of(*soci_), script.c_str()),
            &PQclear};
        const auto status = PQresultStatus(done.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
            return;
        throw_failure(*postgresql_of(*soci_), done.get());
    }
    auto* const connection = sqlite_of(*soci_);
    const int code =
        sqlite_api::sqlite3_exec(connection, script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        throw soci::sqlite3_soci_error{sqlite_api::sqlite3_errmsg(connection), code};
}

void session::limit(botcore::deadline until)
{
    if (is_postgresql()) {
        limit_postgresql(until);
    } else {
        limit_sqlite(until);
    }
}

void session::limit_postgresql(botcore::deadline until)
{
    if (watched_)
        watched_->expect_by(bite_time(until));
    const auto wanted = std::min(time_left(until), statement_max_);
    if (bound_ * 4 >= wanted * 3 && bound_ * 3 <= wanted * 4)
        return;
    execute("SET statement_timeout = " + std::to_string(wanted.count()));
    bound_ = wanted;
}

void session::limit_sqlite(botcore::deadline until)
{
    until_ = until;
    auto* const connection = sqlite_of(*soci_);
    const auto left = std::min<std::int64_t>(time_left(until).count(), INT_MAX);
    sqlite_api::sqlite3_busy_timeout(connection, static_cast<int>(left));
    sqlite_api::sqlite3_progress_handler(connection, steps_between_looks, is_late, &until_);
}

bool session::rollback() noexcept
{
    try {
        if (is_lost())
            return false;
        unsent_begin_.reset();
        if (is_postgresql()) {
            if (PQtransactionStatus(postgresql_of(*soci_)) != PQTRANS_IDLE)
                execute("ROLLBACK");
            return !is_lost();
        }
        auto* const connection = sqlite_of(*soci_);
        sqlite_api::sqlite3_progress_handler(connection, 0, nullptr, nullptr);
        if (sqlite_api::sqlite3_get_autocommit(connection) == 0)
            execute("ROLLBACK");
        for (auto& [sql, one] : statements_)
            one->finish();
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

bool session::is_lost() const noexcept
{
    return is_postgresql() && PQstatus(postgresql_of(*soci_)) != CONNECTION_OK;
}

milliseconds time_left(botcore::deadline until)
{
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    return std::clamp(left, milliseconds{1}, longest);
}

}  // namespace botapi::sql
