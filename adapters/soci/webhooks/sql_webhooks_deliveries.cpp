#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

delivery delivery_in(const row& row)
{
    const auto state = row.number(4);
    if (state != 0 && state != 1)
        throw broken_data{"A stored delivery has no state."};
    delivery stored{
        .webhook = webhook_id{row.id(0)},
        .message = message_id{row.id(1)},
        .conversation = conversation_id{row.id(2)},
        .arrival = row.count(3),
        .state = static_cast<delivery_state>(state),
        .tries = row.count(5)};
    if (row.is_null(6))
        return stored;
    attempt last{.ended = instant{std::chrono::nanoseconds{row.number(6)}}};
    if (!row.is_null(7))
        last.status = static_cast<unsigned>(row.number(7));
    last.failure = row.text(8);
    stored.last = std::move(last);
    return stored;
}

/// Deletes up to `limit` deliveries of a webhook. Returns their number.
std::size_t delete_deliveries(session& db, webhook_id webhook, std::size_t limit)
{
    auto& deletion = db.prepared(
        {"DELETE FROM webhook_deliveries WHERE webhook = :webhook"
         " AND (state, conversation, arrival) IN (SELECT state, conversation, arrival"
         " FROM webhook_deliveries WHERE webhook = :same LIMIT :limit) RETURNING arrival",
         "iin",
         "n"}
    );
    std::size_t count = 0;
    for (deletion.bind(webhook).bind(webhook).bind(std::uint64_t{limit}).run(); deletion.next();)
        ++count;
    return count;
}

/// Deletes a removed webhook that has no deliveries.
void delete_webhook(session& db, webhook_id webhook)
{
    const auto erase = [&](const char* sql) {
        db.prepared({sql, "i"}).bind(webhook).run().finish();
    };
    erase("DELETE FROM delivery_queues WHERE webhook = :webhook");
    erase("DELETE FROM webhooks WHERE id = :id AND state = 3");
}

}  // namespace

result<delivery_page> sql_webhooks::deliveries(const delivery_query& query, const read_terms& terms)
{
    const bool backwards = query.from && query.from->backwards;
    const std::string comparison = backwards ? "<" : ">";
    const std::string order = backwards ? " DESC" : "";
    const auto start = query.from ? query.from->key.order : std::uint64_t{0};
    std::vector<delivery> deliveries;
    const auto done = runner_.read(terms.until, [&](session& db) {
        deliveries.clear();
        auto& selection = db.prepared(
            {"SELECT webhook, message, conversation, arrival, state, tries, ended, status,"
             " failure FROM webhook_deliveries WHERE webhook = :webhook AND state = :state"
             " AND arrival " +
                 comparison + " :start ORDER BY arrival" + order + " LIMIT :limit",
             "innn",
             "iiinnnnnt"}
        );
        selection.bind(query.webhook)
            .bind(static_cast<std::int64_t>(query.state))
            .bind(start)
            .bind(std::uint64_t{query.limit + 1});
        for (selection.run(); selection.next();)
            deliveries.push_back(delivery_in(selection));
    });
    if (!done)
        return done.error();
    const auto key_of = [](const delivery& listed) { return message_key{{}, listed.arrival}; };
    return make_page(std::move(deliveries), query.limit, query.from, key_of);
}

result<std::size_t> sql_webhooks::sweep(std::size_t limit, deadline until)
{
    std::optional<webhook_id> removed;
    const auto find_removed = [&](session& db) {
        removed.reset();
        auto& selection = db.prepared({"SELECT id FROM webhooks WHERE state = 3 LIMIT 1", {}, "i"});
        for (selection.run(); selection.next();)
            removed = webhook_id{selection.id(0)};
    };
    if (const auto read = runner_.read_once(until, find_removed); !read)
        return read.error();
    if (!removed)
        return std::size_t{0};

    // Appends, replays and redeliveries that began before the removal may still add rows, or move
    // one from one state to the other. So the last rows and the webhook itself are deleted under
    // the lock that excludes them. Until then they hold no lock for long.
    std::size_t count = 0;
    const auto delete_some = [&](session& db) {
        count = delete_deliveries(db, *removed, limit);
        return progress::written;
    };
    const auto delete_rest = [&](session& db) {
        count = delete_deliveries(db, *removed, limit);
        if (count < limit)
            delete_webhook(db, *removed);
        return progress::written;
    };
    const transaction some{
        .lock = bots_stay,
        .run = delete_some,
        .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, some); !done)
        return done.error();
    if (count == limit)
        return count;
    const auto first_count = count;
    const transaction rest{
        .lock = bots_change,
        .run = delete_rest,
        .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, rest); !done)
        return done.error();
    return std::max(first_count, count);
}

}  // namespace botapi::sql
