#include "adapters/soci/driver/session_sqlite.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/connections.hpp"

#include <algorithm>
#include <chrono>
#include <climits>
#include <utility>
#include <variant>

namespace botapi::sql {

namespace {

constexpr int steps_between_checks =
    10'000;  ///< Steps of SQLite's virtual machine: less than 1 ms.

extern "C" int is_late(void* until)
{
    return std::chrono::steady_clock::now() >= *static_cast<botcore::deadline*>(until) ? 1 : 0;
}

}  // namespace

session_sqlite::session_sqlite(const database_url& url, checkpointer* checkpoints)
    : session_sqlite{url, connect(url), checkpoints}
{
}

session_sqlite::session_sqlite(
    const database_url& url,
    std::unique_ptr<soci::session> opened,
    checkpointer* checkpoints
)
    : session{url, std::move(opened)}
{
    limit(std::chrono::steady_clock::now() + std::chrono::seconds{5});
    // Extended codes distinguish an fsync error from other disk errors.
    sqlite_api::sqlite3_extended_result_codes(sqlite_of(connection()), 1);
    execute(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = " +
        std::to_string(checkpointer::pages_max)
    );
    if (checkpoints != nullptr)
        checkpoints->watch(connection());
}

void session_sqlite::select(
    const query& selection,
    std::string_view columns,
    const std::function<bool(const row&)>& each
)
{
    std::string parameters;
    for (const auto& value : selection.values())
        parameters += std::holds_alternative<botcore::uuid>(value) ? 'i' : 'n';
    auto& rows = prepared({selection.sql, parameters, columns});
    for (const auto& value : selection.values()) {
        if (const auto* const id = std::get_if<botcore::uuid>(&value))
            rows.bind(*id);
        else
            rows.bind(std::get<std::int64_t>(value));
    }
    for (rows.run(); rows.next();) {
        if (each(rows))
            continue;
        rows.finish();
        return;
    }
}

void session_sqlite::select_by_ids(
    const sql_text& select,
    std::string_view column,
    std::span<const botcore::uuid> ids,
    const std::function<void(const row&)>& each,
    std::string_view rest
)
{
    if (ids.empty())
        return;
    // Outside a transaction, each statement is its own transaction, and locks and unlocks the file.
    const bool spans_all = ids.size() > 1 &&
                           sqlite_api::sqlite3_get_autocommit(sqlite_of(connection())) != 0;
    const sql_text text{
        select.sql + " WHERE " + std::string{column} + " = :id" + std::string{rest},
        "i",
        select.columns};
    if (spans_all)
        execute("BEGIN");
    for (const auto& id : ids) {
        auto& selection = prepared(text);
        for (selection.bind(id).run(); selection.next();)
            each(selection);
    }
    if (spans_all)
        execute("COMMIT");
}

// This bypasses SOCI, which would find parameters in comments and would pass only the first
// statement to SQLite.
void session_sqlite::execute(const std::string& script)
{
    auto* const file = sqlite_of(connection());
    const int code = sqlite_api::sqlite3_exec(file, script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        throw soci::sqlite3_soci_error{sqlite_api::sqlite3_errmsg(file), code};
}

void session_sqlite::limit(botcore::deadline until)
{
    until_ = until;
    auto* const file = sqlite_of(connection());
    const auto timeout_ms = std::min<std::int64_t>(time_left(until).count(), INT_MAX);
    sqlite_api::sqlite3_busy_timeout(file, static_cast<int>(timeout_ms));
    sqlite_api::sqlite3_progress_handler(file, steps_between_checks, is_late, &until_);
}

void session_sqlite::begin_write(const write_lock& /*lock*/, botcore::deadline until)
{
    has_sent_commit_ = false;
    limit(until);
    execute("BEGIN IMMEDIATE");
}

void session_sqlite::commit()
{
    sqlite_api::sqlite3_progress_handler(sqlite_of(connection()), 0, nullptr, nullptr);
    has_sent_commit_ = true;
    execute("COMMIT");
}

// What a transaction can read is in the synchronised log already.
void session_sqlite::settle()
{
    rollback();
}

bool session_sqlite::rollback() noexcept
{
    try {
        auto* const file = sqlite_of(connection());
        sqlite_api::sqlite3_progress_handler(file, 0, nullptr, nullptr);
        if (sqlite_api::sqlite3_get_autocommit(file) == 0)
            execute("ROLLBACK");
        finish_statements();
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace botapi::sql
