#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace botapi::sql {

using namespace botcore;

namespace {

/// Gives a line back. Nothing if it is leased otherwise by now; else how many wait in it.
std::optional<std::uint64_t> release(session& on, const delivery_settlement& one)
{
    const auto verdict = one.judged.verdict;
    const bool is_taken = verdict == verdict::delivered || verdict == verdict::dead;
    auto& asked = on.prepared(
        {"UPDATE delivery_queues SET waiting = waiting - :taken, due = :due, lease = 0"
         " WHERE webhook = :webhook AND conversation = :conversation AND lease = :lease"
         " RETURNING waiting",
         "nniin",
         "n"}
    );
    asked.give(std::int64_t{is_taken ? 1 : 0})
        .give(verdict == verdict::retry ? nanoseconds_of(one.judged.due) : 0)
        .give(one.webhook)
        .give(one.conversation)
        .give(one.lease);
    std::optional<std::uint64_t> left;
    for (asked.run(); asked.next();)
        left = asked.count(0);
    return left;
}

void forget(session& on, const delivery_settlement& one)
{
    on.prepared({"DELETE FROM webhook_deliveries WHERE webhook = :webhook AND state = 0"
                 " AND conversation = :conversation AND arrival = :arrival",
                 "iin"})
        .give(one.webhook)
        .give(one.conversation)
        .give(one.arrival)
        .run()
        .finish();
}

void note_failure(session& on, const delivery_settlement& one)
{
    auto& update = on.prepared(
        {"UPDATE webhook_deliveries SET state = :state, tries = tries + 1, ended = :ended,"
         " status = :status, failure = :failure WHERE webhook = :webhook AND state = 0"
         " AND conversation = :conversation AND arrival = :arrival",
         "nnntiin"}
    );
    update.give(std::int64_t{one.judged.verdict == verdict::dead ? 1 : 0})
        .give(nanoseconds_of(one.made.ended));
    if (one.made.status) {
        update.give(std::int64_t{*one.made.status});
    } else {
        update.give_null();
    }
    update.give(std::string_view{one.made.failure})
        .give(one.webhook)
        .give(one.conversation)
        .give(one.arrival)
        .run()
        .finish();
}

void settle_one(session& on, const delivery_settlement& one)
{
    const auto left = release(on, one);
    if (!left)
        return;
    if (one.judged.verdict == verdict::delivered) {
        forget(on, one);
    } else {
        note_failure(on, one);
    }
    if (one.judged.verdict == verdict::gone) {
        on.prepared({"UPDATE webhooks SET state = 2, version = version + 1"
                     " WHERE id = :id AND state = 1",
                     "i"})
            .give(one.webhook)
            .run()
            .finish();
    }
    if (*left == 0) {
        on.prepared({"DELETE FROM delivery_queues WHERE webhook = :webhook"
                     " AND conversation = :conversation",
                     "ii"})
            .give(one.webhook)
            .give(one.conversation)
            .run()
            .finish();
    }
}

}  // namespace

result<> sql_webhooks::settle(std::span<const delivery_settlement> settled, deadline until)
{
    std::vector<delivery_settlement> in_order{settled.begin(), settled.end()};
    std::ranges::sort(in_order, {}, [](const delivery_settlement& one) {
        return std::tie(one.webhook, one.conversation);
    });
    const auto carry_out = [&](session& on) {
        for (const auto& one : in_order)
            settle_one(on, one);
        return progress::written;
    };
    // Doing it again does no harm: what is settled is not leased any more.
    if (settled.empty())
        return {};
    return runner_.write(
        until,
        {.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed}
    );
}

}  // namespace botapi::sql
