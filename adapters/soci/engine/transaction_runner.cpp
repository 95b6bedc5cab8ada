#include "adapters/soci/engine/transaction_runner.hpp"

#include "adapters/soci/driver/session_postgresql.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace botapi::sql {

using botcore::deadline;
using botcore::read_report;
using botcore::read_terms;
using botcore::result;
using std::chrono::milliseconds;

namespace {

/// Whether another try can help.
bool passes(failure_kind kind)
{
    return kind == failure_kind::lost || kind == failure_kind::raced || kind == failure_kind::busy;
}

/// How long to try to reach a database: long enough for a restart, short enough that requests to a
/// database that is down don't pile up.
constexpr milliseconds reach_max{1'500};

/// Counts the attempts at one piece of work, and makes the pauses between them.
class patience {
public:
    explicit patience(deadline until) noexcept : until_{until} {}

    [[nodiscard]] bool is_first_try() const noexcept { return tries_ == 1; }

    /// Waits after a failed attempt. False if there is no time for another. `away_since` is that of
    /// the database link: any thread may have set it. The attempts to reach a database that is away
    /// end `away_max` after that.
    bool allows_another(
        failure_kind kind,
        std::optional<deadline> away_since,
        milliseconds away_max = reach_max
    )
    {
        const auto now = std::chrono::steady_clock::now();
        if (kind != failure_kind::lost) {
            lost_since_.reset();
        } else {
            lost_since_ = std::min(lost_since_.value_or(now), away_since.value_or(now));
        }
        const auto end = lost_since_ ? std::min(until_, *lost_since_ + away_max) : until_;
        const auto nap = next_pause();
        if (!passes(kind) || now + nap >= end)
            return false;
        std::this_thread::sleep_for(nap);
        return true;
    }

private:
    /// The pause before the next attempt. There is none before the second attempt, which succeeds
    /// after a restart or a lost race. Later pauses grow. Each is random within its upper half, so
    /// that two transactions that disturbed each other do not collide again.
    milliseconds next_pause()
    {
        constexpr milliseconds longest{250};
        if (tries_++ < 2)
            return milliseconds{0};
        const auto doublings = std::min(tries_ - 1, 8U);
        const auto pause = std::min(longest, milliseconds{5} * (1U << doublings));
        thread_local std::minstd_rand random{std::random_device{}()};
        std::uniform_int_distribution<milliseconds::rep> upper_half{
            pause.count() / 2,
            pause.count()};
        return milliseconds{upper_half(random)};
    }

    deadline until_;
    unsigned tries_ = 1;
    std::optional<deadline> lost_since_;
};

/// The answer after an interrupted commit. Nothing if the work has to be repeated.
std::optional<result<>> answer_to(commit_status found)
{
    switch (found) {
        case commit_status::committed: return result<>{};
        case commit_status::unknown: return result<>{unknown_outcome()};
        case commit_status::not_committed: break;
    }
    return std::nullopt;
}

void log_lost_commit(const failure& failure, botcore::log& log)
{
    log.write(
        botcore::severity::warning,
        "a connection was lost during a commit",
        {{"code", failure.code}}
    );
}

}  // namespace

result<> transaction_runner::read(const read_terms& terms, const reading& work)
{
    return read(terms, work, true);
}

result<> transaction_runner::read_once(const read_terms& terms, const reading& work)
{
    return read(terms, work, false);
}

result<> transaction_runner::read(const read_terms& terms, const reading& work, bool again)
{
    if (read_copy(terms, work))
        return {};
    auto& [link, pool] = topology_.for_write();
    const auto leased = pool.acquire(terms.until);
    if (!leased)
        return too_late();
    for (patience patience{terms.until};;) {
        const auto failed = attempt(*link, *leased, [&](session& db) {
            db.begin_read(terms.until);
            work(db);
            db.check_primary();
            db.end_read();
        });
        if (!failed) {
            if (terms.report != nullptr)
                *terms.report = read_report{};
            return {};
        }
        // A session can die while it waits in the pool. That alone is no reason to fail the read.
        const bool has_connected = failed->source != failure_source::connecting &&
                                   failed->source != failure_source::waiting;
        const bool may_retry = again || (patience.is_first_try() && has_connected);
        if (!may_retry || !patience.allows_another(failed->kind, link->away_since()))
            return refusal_from(*failed, log_);
    }
}

bool transaction_runner::read_copy(const read_terms& terms, const reading& work)
{
    constexpr unsigned tries_max = 3;  // Then the primary is cheaper.
    for (unsigned tries = 0; tries < tries_max; ++tries) {
        const auto copy = topology_.copy_for(terms.freshness);
        if (!copy)
            return false;
        const auto failed = attempt_on(*copy, terms, work);
        if (!failed) {
            if (terms.report != nullptr)
                *terms.report = copy->chosen.report;
            return true;
        }
        // A session can die while it waits in the pool: its copy may have been restarted since.
        const bool was_pooled = failed->kind == failure_kind::lost &&
                                failed->source == failure_source::work;
        if (!was_pooled || tries > 0)
            topology_.give_up(*copy);
    }
    return false;
}

/// Runs `work` once on a copy, if it is still the process that was seen.
std::optional<failure> transaction_runner::attempt_on(
    const topology::copy_choice& copy,
    const read_terms& terms,
    const reading& work
)
{
    const auto leased = copy.node.pool.acquire(terms.until);
    if (!leased)
        return failure{.kind = failure_kind::late, .code = {}, .text = {}};
    return attempt(*copy.node.link, *leased, [&](session& db) {
        if (session_postgresql::of(db).started_at_us() != copy.chosen.started_at_us)
            throw session_moved{};
        db.begin_read(terms.until);
        work(db);
        db.end_read();
    });
}

result<> transaction_runner::confirm(const botcore::storage_position& position, deadline until)
{
    auto& history = topology_.for_write().link->history();
    auto found = history.includes(position);
    if (found && !*found) {
        const auto look = [&](session& db) { history.reach(db.look_up_position()); };
        if (auto done = read(until, look); !done)
            return done;
        found = history.includes(position);
    }
    if (!found)
        return found.error();
    return *found ? result<>{} : result<>{position_ahead()};
}

result<> transaction_runner::trust() const
{
    auto& link = *topology_.for_write().link;
    if (link.is_distrusted())
        return distrusted();
    return link.is_in_place() ? result<>{} : result<>{displaced()};
}

/// Runs a transaction up to its end.
void transaction_runner::run_once(session& db, const transaction& work, deadline until)
{
    db.begin_write(work.lock, until);
    const auto done = work.run(db);
    if (done != progress::committed)
        db.check_primary();
    if (done == progress::written)
        db.commit();
    if (done == progress::nothing)
        db.settle();
    topology_.for_write().link->history().reach(db.position());
}

/// The answer after an interrupted commit, which has ended by now. Nothing if the work has to be
/// repeated.
std::optional<result<>> transaction_runner::verify(
    session& db,
    const transaction& work,
    deadline until
)
{
    db.begin_write(exclusive_, until);
    const auto status = work.verify_commit(db);
    db.check_primary();
    if (status == commit_status::committed) {
        db.settle();
        topology_.for_write().link->history().reach(db.position());
    }
    return answer_to(status);
}

result<> transaction_runner::write(deadline until, const transaction& work)
{
    auto& [link, pool] = topology_.for_write();
    const auto turn = link->enter_writer(until);
    if (!turn)
        return too_late();
    if (auto trusted = trust(); !trusted)
        return trusted;
    const auto leased = pool.acquire(until);
    if (!leased)
        return too_late();

    bool is_in_doubt = false;      // Whether the last commit has to be verified first.
    bool may_commit_late = false;  // Whether an earlier try may still be stored.
    std::optional<result<>> answer;
    const auto carry_out = [&](session& db) {
        if (is_in_doubt) {
            answer = verify(db, work, until);
            leased->rollback();
            is_in_doubt = false;
            return;
        }
        run_once(db, work, until);
        answer = result<>{};
    };

    for (patience patience{until};;) {
        const auto failed = attempt(*link, *leased, carry_out);
        if (!failed) {
            if (answer && *answer && !link->is_in_place())
                return unknown_outcome();
            if (answer)
                return *std::move(answer);
            continue;  // The interrupted commit did not happen: run the work again.
        }
        if (failed->was_committing && failed->kind == failure_kind::lost) {
            is_in_doubt = true;
            may_commit_late = may_commit_late || failed->may_begin_late;
            log_lost_commit(*failed, log_);
        }
        // A write that may be stored later must not be refused. Only another attempt that commits
        // settles the outcome: both write the same ids, so the late one fails.
        const bool is_open = is_in_doubt || may_commit_late;
        const auto away_max = is_open ? std::max(reach_max, doubt_max_) : reach_max;
        if (patience.allows_another(failed->kind, link->away_since(), away_max))
            continue;
        if (is_open)
            return unknown_outcome();
        return refusal_from(*failed, log_);
    }
}

std::optional<failure> transaction_runner::attempt(
    database_link& link,
    lease& leased,
    const reading& work
)
{
    try {
        work(leased.get());
        return std::nullopt;
    } catch (const std::bad_alloc&) {
        leased.discard(false);
        throw;
    } catch (const std::exception& thrown) {
        auto found = failure_from(thrown);
        // A connection that breaks during a statement has no error code.
        if (leased.is_lost())
            found.kind = failure_kind::lost;
        found.was_committing = leased.has_sent_commit();
        found.may_begin_late = leased.may_begin_late();
        // Afterwards the lease has a session that is ready for the next work, or none.
        if (found.source == failure_source::connecting && link.role() == node_role::primary)
            log_lost(found, log_);
        if (found.kind == failure_kind::unsynced)
            link.distrust();
        if (found.kind == failure_kind::lost) {
            leased.discard(true);
        } else {
            leased.rollback();
        }
        return found;
    }
}

}  // namespace botapi::sql
