#include "adapters/soci/schema/migrate.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pooler_check.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/sqlite/file_access.hpp"
#include "adapters/soci/schema/prerequisites.hpp"
#include "adapters/soci/schema/schema_state.hpp"

#include <chrono>
#include <thread>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;
using botcore::result;
using namespace std::chrono_literals;

namespace {

constexpr auto lock_max = 60s;  ///< The longest wait for another process that migrates.

constexpr std::string_view make_history =
    "CREATE TABLE IF NOT EXISTS botapi_schema (number integer PRIMARY KEY, name text NOT NULL,"
    " checksum text NOT NULL, applied_at text NOT NULL)";

/// Switches the file to WAL mode. In an empty file this also halves the usual page size: a message
/// changes a few bytes in each of several pages, and SQLite writes each of these pages twice.
///
/// SQLite does not wait for other processes when it changes the journal mode, so this function
/// does.
void use_write_ahead_log(session& db)
{
    const auto until = std::chrono::steady_clock::now() + lock_max;
    for (;;) {
        try {
            db.execute("PRAGMA page_size = 2048; PRAGMA journal_mode = WAL");
            return;
        } catch (const std::exception& thrown) {
            const bool is_busy = failure_from(thrown).kind == failure_kind::busy;
            if (!is_busy || std::chrono::steady_clock::now() >= until)
                throw;
        }
        std::this_thread::sleep_for(5ms);
    }
}

/// Moves the whole log into the file before anything is read. An earlier process may have left
/// pages in the log that the disk failed to sync.
void empty_log(session& db)
{
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Begins the transaction of a migration. Only the wait for other processes is bounded; the
/// migration itself may take any time.
void begin_exclusive(session& db)
{
    db.limit(std::chrono::steady_clock::now() + lock_max);
    db.execute(std::string{db.dialect().begin_migration});
    db.limit(botcore::deadline::max());
}

void apply(session& db, const schema_step& step)
{
    db.execute(std::string{make_history});
    db.execute(std::string{step.sql});
    db.prepared({"INSERT INTO botapi_schema (number, name, checksum, applied_at)"
                 " VALUES (:number, :name, :checksum, " +
                     std::string{db.dialect().current_time} + ")",
                 "ntt"})
        .bind(step.number)
        .bind(step.name)
        .bind(std::string_view{step.checksum})
        .run()
        .finish();
}

/// Whether the file of a SQLite database can be used.
result<> check_file(const database_url& url, migrating mode)
{
    switch (mode) {
        case migrating::apply: return check_file_access(url, file_use::create);
        case migrating::upgrade: return check_file_access(url, file_use::write);
        case migrating::dry_run: break;
    }
    return check_file_access(url, file_use::read);
}

/// Whether the database can be migrated, before anything in it is changed.
result<> check_before(session& db, const database_url& url, migrating mode)
{
    const auto state = read_schema_state(db);
    const auto& steps = steps_for(db.dialect());
    const bool is_behind = state.applied.size() < steps.size();
    if (auto fit = check_prerequisites(db, is_behind ? schema_use::change : schema_use::keep); !fit)
        return fit;
    if (mode == migrating::upgrade && state.applied.empty() && !state.is_taken)
        return refusal_of_empty(url);
    return check_history(state, steps);
}

result<std::vector<migration>> migrate(session& db, migrating mode, botcore::log& log)
{
    const auto& steps = steps_for(db.dialect());
    std::vector<migration> done;
    for (;;) {
        if (mode != migrating::dry_run)
            begin_exclusive(db);
        const auto state = read_schema_state(db);
        if (const auto checked = check_history(state, steps); !checked) {
            db.rollback();
            return checked.error();
        }
        if (state.applied.size() < steps.size())
            db.check_primary();
        if (mode == migrating::dry_run) {
            for (auto at = state.applied.size(); at < steps.size(); ++at)
                done.push_back({steps[at].number, std::string{steps[at].name}});
            return done;
        }
        if (state.applied.size() == steps.size()) {
            db.rollback();
            return done;
        }
        const auto& next = steps[state.applied.size()];
        apply(db, next);
        db.commit();
        done.push_back({next.number, std::string{next.name}});
        log.write(botcore::severity::info, "a migration was applied", {{"migration", next.name}});
    }
}

}  // namespace

botcore::error refusal_of_empty(const database_url& url)
{
    return refuse(
        errc::unavailable,
        "The database " + url.redacted() +
            " is empty, and --must-exist expects one with data: restore it first, or name the "
            "right one."
    );
}

result<std::vector<migration>> migrate(const database_url& url, migrating mode, botcore::log& log)
{
    if (mode == migrating::dry_run && is_missing(url)) {
        std::vector<migration> all;
        for (const auto& step : steps_for(sql_of(url.dialect())))
            all.push_back({step.number, std::string{step.name}});
        return all;
    }
    if (auto usable = check_file(url, mode); !usable)
        return usable.error();
    try {
        const auto pooled = usable_pooling(url);
        if (!pooled)
            return pooled.error();
        const auto db = open_session(url, *pooled);
        // Checked first, so that nothing is written into another program's database.
        if (auto checked = check_before(*db, url, mode); !checked)
            return checked.error();
        if (mode != migrating::dry_run && url.dialect() == dialect::sqlite) {
            use_write_ahead_log(*db);
            empty_log(*db);
        }
        return migrate(*db, mode, log);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& thrown) {
        return refusal_at_start(url, failure_from(thrown), log);
    }
}

}  // namespace botapi::sql
