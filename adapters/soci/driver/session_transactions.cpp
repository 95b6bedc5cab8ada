#include "adapters/soci/driver/connections.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/session.hpp"

#include <poll.h>
#include <utility>

namespace botapi::sql {

namespace {

std::string lock_of(bots_lock lock)
{
    return "SELECT pg_advisory_xact_lock" +
           std::string{lock == bots_lock::shared ? "_shared(" : "("} + std::string{bots_lock_key} +
           ")";
}

/// A session that waited in the pool may have ended there. Where that is found out before anything
/// is sent, nothing is in doubt.
void check_alive(PGconn& connection)
{
    pollfd asked{.fd = PQsocket(&connection), .events = POLLIN, .revents = 0};
    while (::poll(&asked, 1, 0) > 0) {
        if (PQconsumeInput(&connection) == 0)
            throw_failure(connection, nullptr);
    }
}

}  // namespace

void session::begin_write(bots_lock lock, botcore::deadline until)
{
    has_sent_commit_ = false;
    limit(until);
    if (is_postgresql()) {
        unsent_begin_ = lock;
    } else
        execute("BEGIN IMMEDIATE");
}

void session::check_primary()
{
    if (!is_postgresql())
        return;
    if (prepared({"SELECT pg_is_in_recovery()::integer", {}, "n"}).run_for_count() != 0)
        throw soci::postgresql_soci_error{"The server is a standby.", "25006"};
}

// One round trip. The lock is a statement of its own, so that the snapshots of those that follow
// are taken after it was got, which needs READ COMMITTED.
void session::send_begin()
{
    if (const auto lock = std::exchange(unsent_begin_, std::nullopt))
        execute("BEGIN; " + lock_of(*lock));
}

binary_rows session::run_binary(
    const std::string& sql,
    const std::vector<std::string_view>& parameters
)
{
    const binary_query only{sql, parameters};
    return std::move(run_binary(std::span{&only, 1}).back());
}

std::vector<binary_rows> session::run_binary(std::span<const binary_query> queries)
{
    send_begin();
    pipeline sent{*postgresql_of(*soci_)};
    std::vector<std::string> names;
    for (const auto& query : queries)
        names.push_back(name_of(sent, query.sql));
    for (std::size_t at = 0; at < queries.size(); ++at)
        sent.run_prepared(names[at], queries[at].parameters);
    auto answers = sent.finish();
    // Preparing answers too.
    answers.erase(answers.begin(), answers.end() - static_cast<std::ptrdiff_t>(queries.size()));
    return answers;
}

// What is sent up to a synchronisation is one transaction, which ends there (PostgreSQL 15, section
// 55.2.4): nobody has to say BEGIN and COMMIT.
binary_rows session::run_as_transaction(
    const std::string& sql,
    const std::vector<std::string_view>& parameters
)
{
    check_alive(*postgresql_of(*soci_));
    pipeline sent{*postgresql_of(*soci_)};
    const std::string name = name_of(sent, sql);
    const auto lock = std::exchange(unsent_begin_, std::nullopt);
    const std::string lock_name = name_of(sent, lock_of(lock.value()));
    sent.run_prepared(lock_name, {});
    sent.run_prepared(name, parameters);
    has_warned_ = false;
    has_sent_commit_ = true;
    auto answers = sent.finish();
    if (has_warned_)
        throw unsure_commit{"The server warned of the commit."};
    return std::move(answers.back());
}

/// Prepares what is not prepared yet. Should that fail, the name is taken and the statement not
/// there: the server then answers 26000, and the session is replaced.
const std::string& session::name_of(pipeline& sent, const std::string& sql)
{
    const auto [known, is_new] = names_.try_emplace(sql, "binary_" + std::to_string(names_.size()));
    if (is_new)
        sent.prepare(known->second, sql);
    return known->second;
}

// A server that gave up waiting for its standbys has committed, but only warns that a failover may
// lose it.
void session::commit()
{
    if (!is_postgresql())
        sqlite_api::sqlite3_progress_handler(sqlite_of(*soci_), 0, nullptr, nullptr);
    has_warned_ = false;
    has_sent_commit_ = true;
    execute("COMMIT");
    if (has_warned_)
        throw unsure_commit{"The server warned of the commit."};
}

}  // namespace botapi::sql
