#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

namespace botapi::sql {

using namespace botcore;

namespace {

/// Ends the lease of a delivery queue. Returns the number of deliveries that wait in it. Nothing if
/// another claim has leased the queue.
std::optional<std::uint64_t> release(session& db, const delivery_settlement& settlement)
{
    const auto verdict = settlement.judgement.verdict;
    const bool is_finished = verdict == verdict::delivered || verdict == verdict::dead;
    auto& update = db.prepared(
        {"UPDATE delivery_queues SET waiting = waiting - :taken, lease = 0,"
         " due = CASE WHEN :retried = 1 THEN " +
             std::string{db.dialect().current_nanoseconds} +
             " + :pause ELSE 0 END"
             " WHERE webhook = :webhook AND conversation = :conversation AND lease = :lease"
             " RETURNING waiting",
         "nnniin",
         "n"}
    );
    update.bind(std::int64_t{is_finished ? 1 : 0})
        .bind(std::int64_t{verdict == verdict::retry ? 1 : 0})
        .bind(settlement.judgement.pause.count())
        .bind(settlement.webhook)
        .bind(settlement.conversation)
        .bind(settlement.lease);
    std::optional<std::uint64_t> still_waiting;
    for (update.run(); update.next();)
        still_waiting = update.count(0);
    return still_waiting;
}

void delete_delivery(session& db, const delivery_settlement& settlement)
{
    db.prepared({"DELETE FROM webhook_deliveries WHERE webhook = :webhook AND state = 0"
                 " AND conversation = :conversation AND arrival = :arrival",
                 "iin"})
        .bind(settlement.webhook)
        .bind(settlement.conversation)
        .bind(settlement.arrival)
        .run()
        .finish();
}

void record_failure(session& db, const delivery_settlement& settlement)
{
    auto& update = db.prepared(
        {"UPDATE webhook_deliveries SET state = :state, tries = tries + 1, ended = :ended,"
         " status = :status, failure = :failure WHERE webhook = :webhook AND state = 0"
         " AND conversation = :conversation AND arrival = :arrival",
         "nnntiin"}
    );
    update.bind(std::int64_t{settlement.judgement.verdict == verdict::dead ? 1 : 0})
        .bind(nanoseconds_of(settlement.attempt.ended));
    if (settlement.attempt.status) {
        update.bind(std::int64_t{*settlement.attempt.status});
    } else {
        update.bind_null();
    }
    update.bind(std::string_view{settlement.attempt.failure})
        .bind(settlement.webhook)
        .bind(settlement.conversation)
        .bind(settlement.arrival)
        .run()
        .finish();
}

void settle_one(session& db, const delivery_settlement& settlement)
{
    const auto waiting = release(db, settlement);
    if (!waiting)
        return;
    if (settlement.judgement.verdict == verdict::delivered) {
        delete_delivery(db, settlement);
    } else {
        record_failure(db, settlement);
    }
    if (settlement.judgement.verdict == verdict::gone) {
        db.prepared({"UPDATE webhooks SET state = 2, version = version + 1"
                     " WHERE id = :id AND state = 1",
                     "i"})
            .bind(settlement.webhook)
            .run()
            .finish();
    }
    if (*waiting == 0) {
        db.prepared({"DELETE FROM delivery_queues WHERE webhook = :webhook"
                     " AND conversation = :conversation",
                     "ii"})
            .bind(settlement.webhook)
            .bind(settlement.conversation)
            .run()
            .finish();
    }
}

}  // namespace

result<> sql_webhooks::settle(std::span<const delivery_settlement> settlements, deadline until)
{
    std::vector<delivery_settlement> in_order{settlements.begin(), settlements.end()};
    std::ranges::sort(in_order, {}, [](const delivery_settlement& settlement) {
        return std::tie(settlement.webhook, settlement.conversation);
    });
    const auto carry_out = [&](session& db) {
        for (const auto& settlement : in_order)
            settle_one(db, settlement);
        return progress::written;
    };
    // The work can safely be repeated: a settled queue has no lease.
    if (settlements.empty())
        return {};
    return runner_.write(
        until,
        {.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed}
    );
}

}  // namespace botapi::sql
