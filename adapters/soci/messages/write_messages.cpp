#include "adapters/soci/messages/write_messages.hpp"

#include "adapters/soci/messages/plan_growth.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"

#include <map>
#include <tuple>

namespace botapi::sql {

using namespace botcore;

namespace {

using places = std::vector<append_plan::place>;

/// Queues a message for the webhooks of its bot that want it.
void queue_for_webhooks(session& on, const append_plan::row& row, std::uint64_t arrival)
{
    const entry& one = row.source;
    auto& asked = on.prepared(
        {"INSERT INTO webhook_deliveries (webhook, state, conversation, arrival, message)"
         " SELECT id, 0, :conversation, :arrival, :message FROM webhooks WHERE bot = :bot"
         " AND state = 1 AND ((events >> :direction) & 1) = 1 RETURNING webhook",
         "iniin",
         "i"}
    );
    asked.give(one.content.conversation).give(arrival).give(one.id);
    asked.give(row.way.bot).give(number_of(row.way.way));
    std::vector<webhook_id> told;
    for (asked.run(); asked.next();)
        told.push_back(webhook_id{asked.id(0)});
    for (const auto& webhook : told)
        add_to_line(on, webhook, one.content.conversation, 1);
}

/// Counts conversations up, and returns what they had before.
std::map<conversation_id, std::uint64_t> grow(session& on, const plan_growth& growth)
{
    std::map<conversation_id, std::uint64_t> before;
    for (const auto& [id, count] : growth.added) {
        auto& asked = on.prepared({"SELECT last_seq FROM conversations WHERE id = :id", "i", "n"});
        const auto had = asked.give(id).run_for_count();
        if (had == 0) {
            on.prepared({"INSERT INTO conversations (id, shard, last_seq)"
                         " VALUES (:id, :shard, :count)",
                         "inn"})
                .give(id)
                .give(std::int64_t{shard_of(id)})
                .give(count)
                .run()
                .finish();
        } else {
            on.prepared({"UPDATE conversations SET last_seq = :count WHERE id = :id", "ni"})
                .give(had + count)
                .give(id)
                .run()
                .finish();
        }
        before[id] = had;
    }
    return before;
}

std::uint64_t last_arrival(session& on)
{
    return on.prepared({"SELECT coalesce(max(arrival), 0) FROM messages", {}, "n"}).run_for_count();
}

/// Row by row, for SQLite, where a statement is a function call. None of them has a RETURNING,
/// which would make SQLite copy every page that it changes, to be able to take back half of a
/// statement.
places write_one_by_one(session& on, const append_plan& plan, const known_bots& bots)
{
    const plan_growth growth{plan};
    const auto before = grow(on, growth);
    for (const auto& [conversation, who] : growth.pairings) {
        on.prepared({"INSERT INTO pairings (conversation, bot, client)"
                     " VALUES (:conversation, :bot, :client) ON CONFLICT DO NOTHING",
                     "iii"})
            .give(conversation)
            .give(who.bot)
            .give(who.client)
            .run()
            .finish();
    }
    for (const auto& [key, digest] : plan.receipts()) {
        on.prepared({"INSERT INTO receipts (key, digest) VALUES (:key, :digest)", "in"})
            .give(key)
            .give(digest)
            .run()
            .finish();
    }

    auto arrival = last_arrival(on);
    places found;
    found.reserve(plan.rows().size());
    for (const auto& [source, way] : plan.rows()) {
        const entry& one = source;
        const auto& [content, id, stamp] = std::tie(one.content, one.id, one.stamp);
        const auto seq = before.at(content.conversation) + growth.numbers[found.size()];
        auto& stored = on.prepared(
            {"INSERT INTO messages (arrival, id, shard, conversation, seq, instant, form, bot,"
             " client, direction, text, metadata) VALUES (:arrival, :id, :shard, :conversation,"
             " :seq, :instant, :form, :bot, :client, :direction, :text, :metadata)",
             "nininnniintt"}
        );
        stored.give(++arrival).give(id).give(std::int64_t{shard_of(content.conversation)});
        stored.give(content.conversation).give(seq);
        stored.give(nanoseconds_of(stamp)).give(std::int64_t{stamp.form()});
        stored.give(way.bot).give(way.client).give(number_of(way.way));
        stored.give(std::string_view{content.text});
        if (content.metadata) {
            stored.give(std::string_view{*content.metadata});
        } else {
            stored.give_null();
        }
        stored.run().finish();
        found.push_back({.seq = seq, .arrival = arrival});
        if (bots.has_webhooks)
            queue_for_webhooks(on, {source, way}, arrival);
    }
    return found;
}

}  // namespace

places write_rows(session& on, const append_plan& plan, const known_bots& bots)
{
    return on.is_postgresql() ? write_rows_at_once(on, plan, bots)
                              : write_one_by_one(on, plan, bots);
}

}  // namespace botapi::sql
