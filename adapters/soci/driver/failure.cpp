#include "adapters/soci/driver/failure.hpp"

#include "adapters/soci/driver/statement.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string_view>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;

namespace {

/// PostgreSQL 15, appendix A.
failure_kind meaning_of(std::string_view state)
{
    // 25006: a server that became a standby. 26000: a pooler gave us another server session.
    if (state.starts_with("08") || state.starts_with("57P") || state == "25006" || state == "26000")
        return failure_kind::lost;
    // Its disk fails. 42501 is also what it makes of a file system that turned read-only.
    if (state.starts_with("58") || state == "42501")
        return failure_kind::lost;
    // 23503: what was relied on is gone.
    if (state == "23505" || state == "23503" || state == "40001" || state == "40P01")
        return failure_kind::raced;
    if (state == "53100")
        return failure_kind::full;
    if (state.starts_with("53"))
        return failure_kind::busy;
    if (state == "57014" || state == "55P03")
        return failure_kind::late;
    return failure_kind::broken;
}

failure_kind meaning_of(int code)
{
    // What was to be forced to the disk may be gone from memory, too: a second try would succeed
    // without having written it, and a reader would still find it.
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        return failure_kind::unsynced;
    switch (code & 0xff) {
        // The file, or its folder, can't be used at all. After an error of the disk within a commit
        // only another connection can say what became of it.
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY: return failure_kind::lost;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL: return failure_kind::busy;
        case SQLITE_INTERRUPT: return failure_kind::late;
        case SQLITE_FULL: return failure_kind::full;
        case SQLITE_NOTADB: return failure_kind::foreign;
        default: return failure_kind::broken;
    }
}

/// Why requests are refused, as clients read it.
std::string_view reason_of(database_state state)
{
    switch (state) {
        case database_state::standby:
            return "The database is a standby (read-only): requests are answered once it is "
                   "promoted.";
        case database_state::read_only:
            return "The database is read-only (default_transaction_read_only is on): requests are "
                   "answered once it takes writes.";
        case database_state::serving:
        case database_state::unreachable: break;
    }
    return "The database can't be reached now.";
}

/// Why a command can't be carried out, as what its database does.
std::string reason_at_start(const failure& found)
{
    switch (found.state) {
        case database_state::standby:
            return "is a standby (read-only): name its primary, or promote it.";
        case database_state::read_only:
            return "is read-only: turn default_transaction_read_only off.";
        case database_state::serving:
        case database_state::unreachable: break;
    }
    return "can't be reached: " + found.text;
}

}  // namespace

failure failure_from(const std::exception& thrown)
{
    if (const auto* const pg = dynamic_cast<const soci::postgresql_soci_error*>(&thrown)) {
        const auto state = pg->sqlstate();
        return {meaning_of(state), state, first_line(pg->get_error_message())};
    }
    if (const auto* const sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown)) {
        const int code = sqlite->result();
        return {meaning_of(code), std::to_string(code), first_line(sqlite->get_error_message())};
    }
    if (const auto* const away = dynamic_cast<const still_away*>(&thrown)) {
        return {
            .kind = failure_kind::lost,
            .code = "away",
            .text = away->what(),
            .state = away->state};
    }
    if (const auto* const fenced = dynamic_cast<const not_primary*>(&thrown)) {
        return {
            .kind = failure_kind::lost,
            .code = "read_only",
            .text = fenced->what(),
            .state = fenced->state};
    }
    if (dynamic_cast<const unreachable*>(&thrown) != nullptr)
        return {failure_kind::lost, "connect", thrown.what()};
    if (dynamic_cast<const unsure_commit*>(&thrown) != nullptr)
        return {failure_kind::unsure, "commit", thrown.what()};
    // SOCI's own what() would quote the statement's parameters.
    if (const auto* const other = dynamic_cast<const soci::soci_error*>(&thrown))
        return {failure_kind::broken, "soci", first_line(other->get_error_message())};
    if (dynamic_cast<const broken_data*>(&thrown) != nullptr)
        return {failure_kind::broken, "data", thrown.what()};
    return {failure_kind::broken, "exception", thrown.what()};
}

void log_lost(const failure& found, botcore::log& log)
{
    const auto log_read_only = [&](std::string_view reason, std::string_view cure) {
        log.write(
            botcore::severity::warning,
            "the database takes no writes: requests are refused",
            {{"reason", reason}, {"cure", cure}}
        );
    };
    if (found.state == database_state::standby) {
        log_read_only("it is a standby", "promote it, or name its primary in --database");
        return;
    }
    if (found.state == database_state::read_only) {
        log_read_only("default_transaction_read_only is on", "turn it off");
        return;
    }
    log.write(
        botcore::severity::warning,
        "the database can't be reached",
        {{"code", found.code}, {"reason", found.text}}
    );
}

botcore::error refusal_from(const failure& found, botcore::log& log)
{
    switch (found.kind) {
        case failure_kind::lost:
            if (found.code != "away" && found.code != "connect" && found.code != "read_only")
                log_lost(found, log);
            return refuse(errc::unavailable, std::string{reason_of(found.state)});
        case failure_kind::raced:
        case failure_kind::busy:
        case failure_kind::late: return too_late();
        case failure_kind::full:
            log.write(
                botcore::severity::error,
                "the database has no room left",
                {{"code", found.code}, {"reason", found.text}}
            );
            return refuse(errc::storage_full, "The database has no room left.");
        case failure_kind::unsynced:
            log.write(
                botcore::severity::error,
                "the disk failed to keep what was written: the server writes no more",
                {{"code", found.code}, {"reason", found.text}}
            );
            return found.was_committing ? unknown_outcome() : distrusted();
        case failure_kind::unsure:
            log.write(botcore::severity::error, "a commit may not last", {{"reason", found.text}});
            return unknown_outcome();
        case failure_kind::foreign:
        case failure_kind::broken: break;
    }
    log.write(
        botcore::severity::error,
        "the database refused a statement",
        {{"code", found.code}, {"reason", found.text}}
    );
    return refuse(errc::internal, "The database answered with an error.");
}

botcore::error refusal_at_start(const database_url& url, const failure& found, botcore::log& log)
{
    const auto named = [&](std::string_view what) {
        return refuse(
            errc::unavailable,
            "The database " + url.redacted() + ' ' + std::string{what}
        );
    };
    switch (found.kind) {
        case failure_kind::lost: return named(reason_at_start(found));
        case failure_kind::raced:
        case failure_kind::busy:
        case failure_kind::late: return named("is locked by another program.");
        case failure_kind::foreign:
            return named("is not one of botapi's: the file is none of SQLite's.");
        case failure_kind::full:
        case failure_kind::unsynced:
        case failure_kind::unsure:
        case failure_kind::broken: break;
    }
    return refusal_from(found, log);
}

botcore::error too_late()
{
    return refuse(errc::unavailable, "The database was too busy to answer in time.");
}

botcore::error distrusted()
{
    return refuse(
        errc::unavailable,
        "The disk failed to keep what was written: nothing is written until a restart."
    );
}

botcore::error unknown_outcome()
{
    return refuse(
        errc::outcome_unknown,
        "The database could not confirm that it stored this. Ask whether it did, or send it again."
    );
}

std::string first_line(std::string text)
{
    text.erase(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
}

}  // namespace botapi::sql
