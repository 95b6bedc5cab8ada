#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The enabled webhooks with due queues. Counts up to `each_webhook` queues of each webhook.
std::vector<due_webhook> due_webhooks(session& db, const delivery_claim& claim)
{
    const std::string now{db.dialect().current_nanoseconds};
    auto& selection = db.prepared(
        {"SELECT w.id, w.bot, (SELECT count(*) FROM (SELECT 1 FROM delivery_queues l"
         " WHERE l.webhook = w.id AND l.due <= " +
             now +
             " LIMIT :each) AS few) FROM webhooks w WHERE w.state = 1 AND EXISTS"
             " (SELECT 1 FROM delivery_queues l WHERE l.webhook = w.id AND l.due <= " +
             now + ") ORDER BY w.id",
         "n",
         "iin"}
    );
    std::vector<due_webhook> webhooks;
    for (selection.bind(std::uint64_t{claim.each_webhook}).run(); selection.next();) {
        const webhook_id id{selection.id(0)};
        webhooks.push_back(claim.due_of(id, bot_id{selection.id(1)}, selection.count(2)));
    }
    return webhooks;
}

/// Leases due queues. Returns the end of the leases, or nothing if no queue was free.
std::optional<std::int64_t> lease_queues(
    session& db,
    const delivery_claim& claim,
    webhook_id webhook,
    std::size_t count
)
{
    const std::string now{db.dialect().current_nanoseconds};
    const std::string skip_locked{db.dialect().lock_free_rows};
    auto& update = db.prepared(
        {"WITH picked AS MATERIALIZED (SELECT conversation FROM delivery_queues"
         " WHERE webhook = :webhook AND due <= " +
             now + " ORDER BY due LIMIT :count" + skip_locked +
             ") UPDATE delivery_queues SET due = " + now +
             " + :length, lease = :lease"
             " WHERE webhook = :same AND conversation IN (SELECT conversation FROM picked)"
             " RETURNING due",
         "innni",
         "n"}
    );
    update.bind(webhook)
        .bind(std::uint64_t{count})
        .bind(claim.lease_length.count())
        .bind(claim.lease)
        .bind(webhook);
    std::optional<std::int64_t> leased_until;
    for (update.run(); update.next();)
        leased_until = update.number(0);
    return leased_until;
}

/// Reads the first delivery of each queue that `lease_queues` leased until `leased_until`.
void read_leased(
    session& db,
    const delivery_claim& claim,
    const webhook& webhook,
    std::int64_t leased_until,
    std::vector<claimed_delivery>& deliveries
)
{
    const std::string columns = std::string{message_letters} + "n";
    auto& selection = db.prepared(
        {"SELECT " + names_of(message_columns, "m.") +
             ", d.tries FROM delivery_queues l"
             " JOIN webhook_deliveries d ON d.webhook = l.webhook AND d.state = 0"
             " AND d.conversation = l.conversation AND d.arrival = (SELECT min(f.arrival)"
             " FROM webhook_deliveries f WHERE f.webhook = l.webhook AND f.state = 0"
             " AND f.conversation = l.conversation)"
             " JOIN messages m ON m.id = d.message"
             " WHERE l.webhook = :webhook AND l.due = :until AND l.lease = :lease",
         "inn",
         columns}
    );
    selection.bind(webhook.id).bind(leased_until).bind(claim.lease);
    for (selection.run(); selection.next();) {
        deliveries.push_back(
            {.webhook = webhook,
             .message = message_in(selection),
             .tries = selection.count(message_letters.size()),
             .lease = claim.lease}
        );
    }
}

/// Leases due deliveries of the webhooks that are still enabled.
std::vector<claimed_delivery> claim_shares(
    session& db,
    const delivery_claim& claim,
    const std::vector<delivery_share>& shares
)
{
    std::vector<uuid> ids;
    ids.reserve(shares.size());
    for (const auto& share : shares)
        ids.push_back(share.webhook.value);
    std::unordered_map<webhook_id, webhook> webhooks_by_id;
    const auto collect = [&](const row& row) {
        auto webhook = webhook_in(row);
        webhooks_by_id.emplace(webhook.id, std::move(webhook));
    };
    db.select_by_ids(
        {"SELECT " + std::string{webhook_columns} + " FROM webhooks", {}, webhook_columns_give},
        "id",
        ids,
        collect,
        " AND state = 1"
    );

    std::vector<claimed_delivery> claimed;
    for (const auto& share : shares) {
        const auto webhook = webhooks_by_id.find(share.webhook);
        if (webhook == webhooks_by_id.end())
            continue;
        if (const auto leased_until = lease_queues(db, claim, share.webhook, share.count))
            read_leased(db, claim, webhook->second, *leased_until, claimed);
    }
    return claimed;
}

}  // namespace

result<std::vector<claimed_delivery>> sql_webhooks::claim(
    const delivery_claim& claim,
    deadline until
)
{
    std::vector<due_webhook> due;
    const auto read = runner_.read_once(until, [&](session& db) { due = due_webhooks(db, claim); });
    if (!read)
        return read.error();
    const auto shares = share_out(claim.slots, claim.each_webhook, claim.lease, due);
    if (shares.empty())
        return std::vector<claimed_delivery>{};

    std::vector<claimed_delivery> claimed;
    const auto carry_out = [&](session& db) {
        claimed = claim_shares(db, claim, shares);
        return claimed.empty() ? progress::nothing : progress::written;
    };
    // If a commit is lost, its deliveries are due again when the lease expires.
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return claimed;
}

}  // namespace botapi::sql
