#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The webhooks that have something to do.
std::vector<webhook_id> due_webhooks(session& on, instant now)
{
    auto& asked = on.prepared(
        {"SELECT w.id FROM webhooks w WHERE w.state = 1 AND EXISTS (SELECT 1 FROM delivery_queues l"
         " WHERE l.webhook = w.id AND l.due <= :now) ORDER BY w.id",
         "n",
         "i"}
    );
    std::vector<webhook_id> found;
    for (asked.give(nanoseconds_of(now)).run(); asked.next();)
        found.push_back(webhook_id{asked.id(0)});
    return found;
}

void lease_queues(session& on, const delivery_claim& asked, webhook_id webhook, std::size_t count)
{
    const std::string unlocked{on.dialect().lock_free_rows};
    on.prepared({"WITH picked AS MATERIALIZED (SELECT conversation FROM delivery_queues"
                 " WHERE webhook = :webhook AND due <= :now ORDER BY due LIMIT :count" +
                     unlocked +
                     ") UPDATE delivery_queues SET due = :until, lease = :lease"
                     " WHERE webhook = :same AND conversation IN (SELECT conversation FROM picked)",
                 "innnni"})
        .give(webhook)
        .give(nanoseconds_of(asked.now))
        .give(std::uint64_t{count})
        .give(nanoseconds_of(asked.leased_until))
        .give(asked.lease)
        .give(webhook)
        .run()
        .finish();
}

/// The first deliveries of the lines that `lease_queues` leased.
void read_leased(
    session& on,
    const delivery_claim& asked,
    const webhook& webhook,
    std::vector<claimed_delivery>& into
)
{
    const std::string gives = std::string{message_letters} + "n";
    auto& found = on.prepared(
        {"SELECT " + names_of(message_columns, "m.") +
             ", d.tries FROM delivery_queues l"
             " JOIN webhook_deliveries d ON d.webhook = l.webhook AND d.state = 0"
             " AND d.conversation = l.conversation AND d.arrival = (SELECT min(f.arrival)"
             " FROM webhook_deliveries f WHERE f.webhook = l.webhook AND f.state = 0"
             " AND f.conversation = l.conversation)"
             " JOIN messages m ON m.id = d.message"
             " WHERE l.webhook = :webhook AND l.due = :until AND l.lease = :lease",
         "inn",
         gives}
    );
    found.give(webhook.id).give(nanoseconds_of(asked.leased_until)).give(asked.lease);
    for (found.run(); found.next();) {
        into.push_back(
            {.webhook = webhook,
             .message = message_in(found),
             .tries = found.count(message_letters.size()),
             .lease = asked.lease}
        );
    }
}

/// Leases what is due of some webhooks. Begins with another of them every time, so that each has
/// its turn where there is more to do than is asked for.
std::vector<claimed_delivery> claim_from(
    session& on,
    const delivery_claim& asked,
    std::vector<webhook_id> webhooks
)
{
    // Not that of std::ranges, which Clang 14 does not understand.
    std::rotate(
        webhooks.begin(),
        webhooks.begin() + static_cast<std::ptrdiff_t>(asked.lease % webhooks.size()),
        webhooks.end()
    );
    std::vector<uuid> ids;
    ids.reserve(webhooks.size());
    for (const auto& id : webhooks)
        ids.push_back(id.value);
    std::unordered_map<webhook_id, webhook> known;
    const auto keep = [&](const row& row) {
        auto one = webhook_in(row);
        known.emplace(one.id, std::move(one));
    };
    on.select_by_ids(
        {"SELECT " + std::string{webhook_columns} + " FROM webhooks", {}, webhook_columns_give},
        "id",
        ids,
        keep,
        " AND state = 1"
    );

    std::vector<claimed_delivery> claimed;
    for (const auto& id : webhooks) {
        const auto busy = asked.busy.find(id);
        const auto taken = busy == asked.busy.end() ? 0 : busy->second;
        const auto free = asked.each_webhook - std::min(taken, asked.each_webhook);
        const auto count = std::min(free, asked.limit - claimed.size());
        const auto webhook = known.find(id);
        if (count == 0 || webhook == known.end())
            continue;
        lease_queues(on, asked, id, count);
        read_leased(on, asked, webhook->second, claimed);
    }
    return claimed;
}

}  // namespace

result<std::vector<claimed_delivery>> sql_webhooks::claim(
    const delivery_claim& asked,
    deadline until
)
{
    std::vector<webhook_id> due;
    const auto looked = runner_.read_once(until, [&](session& on) {
        due = due_webhooks(on, asked.now);
    });
    if (!looked)
        return looked.error();
    if (due.empty() || asked.limit == 0)
        return std::vector<claimed_delivery>{};

    std::vector<claimed_delivery> claimed;
    const auto carry_out = [&](session& on) {
        claimed = claim_from(on, asked, due);
        return claimed.empty() ? progress::nothing : progress::written;
    };
    // What a lost commit leased is due again when the lease has run out.
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return claimed;
}

}  // namespace botapi::sql
