#include "adapters/soci/driver/failure.hpp"

#include "adapters/soci/driver/postgresql/connection_cure.hpp"
#include "adapters/soci/driver/statement.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string_view>
#include <utility>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;

namespace {

/// PostgreSQL 15, appendix A.
failure_kind kind_of(std::string_view state)
{
    // 25006: the server became a standby. 26000: a pooler assigned another server session.
    if (state.starts_with("08") || state.starts_with("57P") || state == "25006" || state == "26000")
        return failure_kind::lost;
    // The disk of the server fails. PostgreSQL reports a file system that became read-only as
    // 42501.
    if (state.starts_with("58") || state == "42501")
        return failure_kind::lost;
    // 23503: a row on which the transaction relied was deleted.
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

failure_kind kind_of(int code)
{
    // After a failed fsync the kernel may have dropped the pages: a second fsync would succeed
    // without having written them, and readers would still see them.
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        return failure_kind::unsynced;
    switch (code & 0xff) {
        // SQLite can't use the file or its folder. After a disk error during a commit, only another
        // connection can find out whether the commit succeeded.
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

constexpr std::string_view replaced_text =
    "The database was removed, or replaced by another one, while the server used it: nothing is "
    "written until an operator puts it back or restarts the server.";

/// The reason of a refusal, for clients.
std::string_view reason_of(database_state state)
{
    switch (state) {
        case database_state::standby:
            return "The database is a standby (read-only): requests are answered once it is "
                   "promoted.";
        case database_state::read_only:
            return "The database is read-only (default_transaction_read_only is on): requests are "
                   "answered once it takes writes.";
        case database_state::replaced: return replaced_text;
        case database_state::serving:
        case database_state::unreachable: break;
    }
    return "The database can't be reached now.";
}

/// The reason why a command can't run, for its operator: a predicate of the database.
std::string reason_at_start(const failure& failure)
{
    if (failure.code == "42501") {
        return "refuses the role a right: " + failure.text +
               ". Grant it, or use the role that owns the tables.";
    }
    switch (failure.state) {
        case database_state::standby:
            return "is a standby (read-only): name its primary, or promote it.";
        case database_state::read_only:
            return "is read-only: turn default_transaction_read_only off.";
        case database_state::replaced: return "was replaced by another one.";
        case database_state::serving:
        case database_state::unreachable: break;
    }
    std::string reason = "can't be reached: " + failure.text;
    if (const auto cure = connection_cure(failure.text); !cure.empty())
        reason.append(". ").append(cure);
    return reason;
}

}  // namespace

failure failure_from(const std::exception& thrown)
{
    if (const auto* const pg = dynamic_cast<const soci::postgresql_soci_error*>(&thrown)) {
        const auto state = pg->sqlstate();
        return {kind_of(state), state, first_line(pg->get_error_message())};
    }
    if (const auto* const sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown)) {
        const int code = sqlite->result();
        return {kind_of(code), std::to_string(code), first_line(sqlite->get_error_message())};
    }
    if (const auto* const away = dynamic_cast<const still_away*>(&thrown)) {
        return {
            .kind = failure_kind::lost,
            .code = "away",
            .text = away->what(),
            .state = away->state,
            .source = failure_source::waiting};
    }
    if (const auto* const fenced = dynamic_cast<const not_primary*>(&thrown)) {
        return {
            .kind = failure_kind::lost,
            .code = "read_only",
            .text = fenced->what(),
            .state = fenced->state,
            .source = failure_source::fence};
    }
    if (dynamic_cast<const unreachable*>(&thrown) != nullptr)
        return failed_to_connect(thrown.what());
    if (dynamic_cast<const session_moved*>(&thrown) != nullptr)
        return {failure_kind::lost, "moved", thrown.what()};
    if (dynamic_cast<const unsure_commit*>(&thrown) != nullptr)
        return {failure_kind::unsure, "commit", thrown.what()};
    // SOCI's own what() would quote the statement's parameters.
    if (const auto* const other = dynamic_cast<const soci::soci_error*>(&thrown))
        return {failure_kind::broken, "soci", first_line(other->get_error_message())};
    if (dynamic_cast<const broken_data*>(&thrown) != nullptr)
        return {failure_kind::broken, "data", thrown.what()};
    return {failure_kind::broken, "exception", thrown.what()};
}

failure failed_to_connect(std::string reason)
{
    return {
        .kind = failure_kind::lost,
        .code = "connect",
        .text = std::move(reason),
        .source = failure_source::connecting};
}

void log_lost(const failure& failure, botcore::log& log)
{
    const auto log_read_only = [&](std::string_view reason, std::string_view cure) {
        log.write(
            botcore::severity::warning,
            "the database takes no writes: requests are refused",
            {{"reason", reason}, {"cure", cure}}
        );
    };
    if (failure.state == database_state::standby) {
        log_read_only("it is a standby", "promote it, or name its primary in --database");
        return;
    }
    if (failure.state == database_state::read_only) {
        log_read_only("default_transaction_read_only is on", "turn it off");
        return;
    }
    if (failure.state == database_state::replaced) {
        log.write(
            botcore::severity::error,
            "the database was replaced by another one: requests are refused",
            {{"cure", "restart the server on the database that it should use"}}
        );
        return;
    }
    log.write(
        botcore::severity::warning,
        "the database can't be reached",
        {{"code", failure.code}, {"reason", failure.text}}
    );
}

botcore::error refusal_from(const failure& failure, botcore::log& log)
{
    switch (failure.kind) {
        case failure_kind::lost:
            if (failure.source == failure_source::work)
                log_lost(failure, log);
            return refuse(errc::unavailable, std::string{reason_of(failure.state)});
        case failure_kind::raced:
        case failure_kind::busy:
        case failure_kind::late: return too_late();
        case failure_kind::full:
            log.write(
                botcore::severity::error,
                "the database's disk is full",
                {{"code", failure.code}, {"reason", failure.text}}
            );
            return refuse(errc::storage_full, "The database has no room left.");
        case failure_kind::unsynced:
            log.write(
                botcore::severity::error,
                "fsync failed: the server stops writing",
                {{"code", failure.code}, {"reason", failure.text}}
            );
            return failure.was_committing ? unknown_outcome() : distrusted();
        case failure_kind::unsure:
            log.write(
                botcore::severity::error,
                "a commit may not be durable",
                {{"reason", failure.text}}
            );
            return unknown_outcome();
        case failure_kind::foreign:
        case failure_kind::broken: break;
    }
    log.write(
        botcore::severity::error,
        "the database refused a statement",
        {{"code", failure.code}, {"reason", failure.text}}
    );
    return refuse(errc::internal, "The database answered with an error.");
}

botcore::error refusal_at_start(const database_url& url, const failure& failure, botcore::log& log)
{
    const auto refuse_because = [&](std::string_view reason) {
        return refuse(
            errc::unavailable,
            "The database " + url.redacted() + ' ' + std::string{reason}
        );
    };
    switch (failure.kind) {
        case failure_kind::lost: return refuse_because(reason_at_start(failure));
        case failure_kind::raced:
        case failure_kind::busy:
        case failure_kind::late: return refuse_because("is locked by another program.");
        case failure_kind::foreign:
            return refuse_because("does not belong to botapi: it is not a SQLite file.");
        case failure_kind::broken:
            return refuse(
                errc::internal,
                "The database " + url.redacted() + " refuses a statement: " + failure.text + " (" +
                    failure.code + ")."
            );
        case failure_kind::full:
        case failure_kind::unsynced:
        case failure_kind::unsure: break;
    }
    return refusal_from(failure, log);
}

botcore::error too_late()
{
    return refuse(errc::unavailable, "The database was too busy to answer in time.");
}

botcore::error distrusted()
{
    return refuse(
        errc::unavailable,
        "An fsync of the database failed: the server writes nothing until a restart."
    );
}

botcore::error displaced()
{
    return refuse(errc::unavailable, std::string{replaced_text});
}

botcore::error unknown_outcome()
{
    return refuse(
        errc::outcome_unknown,
        "The database could not confirm the write. Check whether it was stored, or send the "
        "request again."
    );
}

std::string first_line(std::string text)
{
    text.erase(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
}

}  // namespace botapi::sql
