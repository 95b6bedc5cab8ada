#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/message_rows.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <botcore/domain/stream.hpp>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::sql {

using namespace botcore;

namespace {

/// The number of deliveries that were added to the queue of each conversation, in locking order.
using added_by_queue = std::map<conversation_id, std::uint64_t>;

std::size_t add_to_queues(session& db, webhook_id webhook, const added_by_queue& added)
{
    std::size_t count = 0;
    for (const auto& [conversation, number] : added) {
        add_to_queue(db, webhook, conversation, number);
        count += number;
    }
    return count;
}

/// The key of a delivery, without its webhook and its state.
struct delivery_key {
    conversation_id conversation;
    std::uint64_t arrival;
};

std::vector<delivery_key> find_dead(session& db, webhook_id webhook, std::size_t limit)
{
    auto& selection = db.prepared(
        {"SELECT conversation, arrival FROM webhook_deliveries WHERE webhook = :webhook"
         " AND state = 1 ORDER BY arrival LIMIT :limit",
         "in",
         "in"}
    );
    std::vector<delivery_key> keys;
    for (selection.bind(webhook).bind(std::uint64_t{limit}).run(); selection.next();)
        keys.push_back({conversation_id{selection.id(0)}, selection.count(1)});
    return keys;
}

/// Makes a dead delivery pending, as if it were new. False if it is no longer dead.
bool revive(session& db, webhook_id webhook, const delivery_key& key)
{
    auto& update = db.prepared(
        {"UPDATE webhook_deliveries SET state = 0, tries = 0, ended = NULL, status = NULL,"
         " failure = NULL WHERE webhook = :webhook AND state = 1"
         " AND conversation = :conversation AND arrival = :arrival RETURNING arrival",
         "iin",
         "n"}
    );
    bool was_dead = false;
    update.bind(webhook).bind(key.conversation).bind(key.arrival);
    for (update.run(); update.next();)
        was_dead = true;
    return was_dead;
}

/// The key and the state of a message's delivery.
std::optional<std::pair<delivery_key, delivery_state>> find_delivery(
    session& db,
    webhook_id webhook,
    message_id sent
)
{
    auto& selection = db.prepared(
        {"SELECT d.conversation, d.arrival, d.state FROM messages m JOIN webhook_deliveries d"
         " ON d.webhook = :webhook AND d.state IN (0, 1) AND d.conversation = m.conversation"
         " AND d.arrival = m.arrival WHERE m.id = :message",
         "ii",
         "inn"}
    );
    std::optional<std::pair<delivery_key, delivery_state>> delivery;
    for (selection.bind(webhook).bind(sent).run(); selection.next();) {
        const auto state = selection.number(2) == 0 ? delivery_state::pending
                                                    : delivery_state::dead;
        delivery = {{conversation_id{selection.id(0)}, selection.count(1)}, state};
    }
    return delivery;
}

void make_due(session& db, webhook_id webhook, conversation_id conversation)
{
    db.prepared({"UPDATE delivery_queues SET due = 0 WHERE webhook = :webhook"
                 " AND conversation = :conversation AND lease = 0",
                 "ii"})
        .bind(webhook)
        .bind(conversation)
        .run()
        .finish();
}

/// The position in a bot's stream behind the last message whose arrival is `arrival` at most.
std::optional<stream_position> last_position(session& db, bot_id bot, std::uint64_t arrival)
{
    auto& selection = db.prepared(
        {"SELECT " + position_columns("arrival") +
             " FROM messages WHERE bot = :bot AND arrival <= :arrival ORDER BY 1 DESC LIMIT 1",
         "in",
         position_columns_give}
    );
    std::optional<stream_position> position;
    for (selection.bind(bot).bind(arrival).run(); selection.next();)
        position = position_in(selection);
    return position;
}

error webhook_removed()
{
    return refuse(errc::not_found, "The webhook was removed.");
}

/// A chunk of a replay: the position behind its last message, and the number of its messages.
struct replay_chunk {
    stream_position reached{};
    std::size_t count = 0;
};

/// Errors: `cursor_lost`.
result<replay_chunk> next_chunk(
    session& db,
    bot_id bot,
    const stream_position& after,
    std::size_t limit
)
{
    auto& selection = db.prepared(
        {"SELECT CAST(coalesce(max(arrival), 0) AS bigint), count(*) FROM (SELECT arrival"
         " FROM messages WHERE bot = :bot AND arrival > :after ORDER BY arrival LIMIT :limit)"
         " AS piece",
         "inn",
         "nn"}
    );
    std::uint64_t last = 0;
    replay_chunk chunk;
    selection.bind(bot).bind(after.order()).bind(std::uint64_t{limit});
    for (selection.run(); selection.next();) {
        last = selection.count(0);
        chunk.count = selection.count(1);
    }

    position_facts facts{.has_later = chunk.count > 0};
    if (!after.is_start())
        facts.last = last_position(db, bot, after.order());
    const auto confirmed = confirm_position(after, facts);
    if (!confirmed)
        return confirmed.error();
    chunk.reached = *confirmed;
    if (chunk.count > 0)
        chunk.reached = last_position(db, bot, last).value();
    return chunk;
}

std::size_t queue_chunk(session& db, webhook_id webhook, std::uint64_t after, std::uint64_t reached)
{
    db.prepared({"DELETE FROM webhook_deliveries WHERE webhook = :webhook AND state = 1"
                 " AND arrival > :after AND arrival <= :reached",
                 "inn"})
        .bind(webhook)
        .bind(after)
        .bind(reached)
        .run()
        .finish();
    auto& insert = db.prepared(
        {"INSERT INTO webhook_deliveries (webhook, state, conversation, shard, arrival, message)"
         " SELECT w.id, 0, m.conversation, m.shard, m.arrival, m.id FROM webhooks w"
         " JOIN messages m ON m.bot = w.bot WHERE w.id = :webhook AND w.name IS NOT NULL"
         " AND m.arrival > :after AND m.arrival <= :reached AND ((w.events >> m.direction) & 1) = 1"
         " ON CONFLICT DO NOTHING RETURNING conversation",
         "inn",
         "i"}
    );
    added_by_queue added;
    for (insert.bind(webhook).bind(after).bind(reached).run(); insert.next();)
        ++added[conversation_id{insert.id(0)}];
    return add_to_queues(db, webhook, added);
}

/// The bot of a webhook that is not removed.
std::optional<bot_id> bot_of(session& db, webhook_id webhook)
{
    auto& selection =
        db.prepared({"SELECT bot FROM webhooks WHERE id = :id AND name IS NOT NULL", "i", "i"});
    std::optional<bot_id> bot;
    for (selection.bind(webhook).run(); selection.next();)
        bot = bot_id{selection.id(0)};
    return bot;
}

}  // namespace

result<bool> sql_webhooks::redeliver(webhook_id webhook, message_id message, deadline until)
{
    bool is_found = false;
    const auto carry_out = [&](session& db) {
        const auto delivery = find_delivery(db, webhook, message);
        is_found = delivery.has_value();
        if (!delivery)
            return progress::nothing;
        if (delivery->second == delivery_state::pending) {
            make_due(db, webhook, delivery->first.conversation);
        } else if (revive(db, webhook, delivery->first))
            add_to_queue(db, webhook, delivery->first.conversation, 1);
        return progress::written;
    };
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return is_found;
}

result<std::size_t> sql_webhooks::redeliver_dead(
    webhook_id webhook,
    std::size_t limit,
    deadline until
)
{
    std::size_t count = 0;
    const auto carry_out = [&](session& db) {
        added_by_queue revived;
        for (const auto& key : find_dead(db, webhook, limit)) {
            if (revive(db, webhook, key))
                ++revived[key.conversation];
        }
        count = add_to_queues(db, webhook, revived);
        return count == 0 ? progress::nothing : progress::written;
    };
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return count;
}

result<replay_progress> sql_webhooks::replay(
    webhook_id webhook,
    const stream_position& after,
    std::size_t limit,
    deadline until
)
{
    // The lock excludes appends. Without appends, all messages that arrived before the last stored
    // message are stored, too. Otherwise the replay could skip a message that commits after a later
    // one.
    result<replay_chunk> chunk = webhook_removed();
    const auto find_chunk = [&](session& db) {
        const auto bot = bot_of(db, webhook);
        chunk = bot ? next_chunk(db, *bot, after, limit) : webhook_removed();
        return progress::nothing;
    };
    const transaction lookup{
        .lock = bots_change,
        .run = find_chunk,
        .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, lookup); !done)
        return done.error();
    if (!chunk)
        return chunk.error();

    replay_progress answer{.queued = 0, .reached = chunk->reached, .is_end = chunk->count < limit};
    if (chunk->count == 0)
        return answer;
    const auto carry_out = [&](session& db) {
        answer.queued = queue_chunk(db, webhook, after.order(), chunk->reached.order());
        return progress::written;
    };
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return answer;
}

}  // namespace botapi::sql
