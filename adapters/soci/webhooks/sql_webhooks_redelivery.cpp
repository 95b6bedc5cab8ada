#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/rows/webhook_rows.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::sql {

using namespace botcore;

namespace {

/// How many deliveries were added to the line of each conversation, in the order of locking.
using added_by_queue = std::map<conversation_id, std::uint64_t>;

std::size_t add_to_queues(session& on, webhook_id webhook, const added_by_queue& added)
{
    std::size_t count = 0;
    for (const auto& [conversation, number] : added) {
        add_to_queue(on, webhook, conversation, number);
        count += number;
    }
    return count;
}

/// Where dead deliveries stand.
struct dead_place {
    conversation_id conversation;
    std::uint64_t arrival;
};

std::vector<dead_place> dead_places(session& on, webhook_id webhook, std::size_t limit)
{
    auto& asked = on.prepared(
        {"SELECT conversation, arrival FROM webhook_deliveries WHERE webhook = :webhook"
         " AND state = 1 ORDER BY arrival LIMIT :limit",
         "in",
         "in"}
    );
    std::vector<dead_place> found;
    for (asked.give(webhook).give(std::uint64_t{limit}).run(); asked.next();)
        found.push_back({conversation_id{asked.id(0)}, asked.count(1)});
    return found;
}

/// Makes a dead delivery new. False if it is not dead any more.
bool revive(session& on, webhook_id webhook, const dead_place& place)
{
    auto& asked = on.prepared(
        {"UPDATE webhook_deliveries SET state = 0, tries = 0, ended = NULL, status = NULL,"
         " failure = NULL WHERE webhook = :webhook AND state = 1"
         " AND conversation = :conversation AND arrival = :arrival RETURNING arrival",
         "iin",
         "n"}
    );
    bool was_dead = false;
    asked.give(webhook).give(place.conversation).give(place.arrival);
    for (asked.run(); asked.next();)
        was_dead = true;
    return was_dead;
}

/// The delivery of a message: where it stands, and in which state.
std::optional<std::pair<dead_place, delivery_state>> find_delivery(
    session& on,
    webhook_id webhook,
    message_id sent
)
{
    auto& asked = on.prepared(
        {"SELECT d.conversation, d.arrival, d.state FROM messages m JOIN webhook_deliveries d"
         " ON d.webhook = :webhook AND d.state IN (0, 1) AND d.conversation = m.conversation"
         " AND d.arrival = m.arrival WHERE m.id = :message",
         "ii",
         "inn"}
    );
    std::optional<std::pair<dead_place, delivery_state>> found;
    for (asked.give(webhook).give(sent).run(); asked.next();) {
        const auto state = asked.number(2) == 0 ? delivery_state::pending : delivery_state::dead;
        found = {{conversation_id{asked.id(0)}, asked.count(1)}, state};
    }
    return found;
}

void make_due(session& on, webhook_id webhook, conversation_id conversation)
{
    on.prepared({"UPDATE delivery_queues SET due = 0 WHERE webhook = :webhook"
                 " AND conversation = :conversation AND lease = 0",
                 "ii"})
        .give(webhook)
        .give(conversation)
        .run()
        .finish();
}

/// A piece of a replay: the last of the messages that it is about, and how many they are.
struct piece {
    std::uint64_t reached = 0;
    std::size_t count = 0;
};

piece piece_of(session& on, bot_id bot, std::uint64_t after, std::size_t limit)
{
    auto& asked = on.prepared(
        {"SELECT CAST(coalesce(max(arrival), 0) AS bigint), count(*) FROM (SELECT arrival"
         " FROM messages WHERE bot = :bot AND arrival > :after ORDER BY arrival LIMIT :limit)"
         " AS piece",
         "inn",
         "nn"}
    );
    piece found{.reached = after};
    for (asked.give(bot).give(after).give(std::uint64_t{limit}).run(); asked.next();) {
        if (asked.count(1) > 0)
            found = {asked.count(0), asked.count(1)};
    }
    return found;
}

std::size_t queue_piece(session& on, webhook_id webhook, std::uint64_t after, std::uint64_t reached)
{
    on.prepared({"DELETE FROM webhook_deliveries WHERE webhook = :webhook AND state = 1"
                 " AND arrival > :after AND arrival <= :reached",
                 "inn"})
        .give(webhook)
        .give(after)
        .give(reached)
        .run()
        .finish();
    auto& asked = on.prepared(
        {"INSERT INTO webhook_deliveries (webhook, state, conversation, shard, arrival, message)"
         " SELECT w.id, 0, m.conversation, m.shard, m.arrival, m.id FROM webhooks w"
         " JOIN messages m ON m.bot = w.bot WHERE w.id = :webhook AND w.name IS NOT NULL"
         " AND m.arrival > :after AND m.arrival <= :reached AND ((w.events >> m.direction) & 1) = 1"
         " ON CONFLICT DO NOTHING RETURNING conversation",
         "inn",
         "i"}
    );
    added_by_queue added;
    for (asked.give(webhook).give(after).give(reached).run(); asked.next();)
        ++added[conversation_id{asked.id(0)}];
    return add_to_queues(on, webhook, added);
}

/// The bot of a webhook that is not removed.
std::optional<bot_id> bot_of(session& on, webhook_id webhook)
{
    auto& asked =
        on.prepared({"SELECT bot FROM webhooks WHERE id = :id AND name IS NOT NULL", "i", "i"});
    std::optional<bot_id> found;
    for (asked.give(webhook).run(); asked.next();)
        found = bot_id{asked.id(0)};
    return found;
}

}  // namespace

result<bool> sql_webhooks::redeliver(webhook_id webhook, message_id one, deadline until)
{
    bool is_found = false;
    const auto carry_out = [&](session& on) {
        const auto found = find_delivery(on, webhook, one);
        is_found = found.has_value();
        if (!found)
            return progress::nothing;
        if (found->second == delivery_state::pending) {
            make_due(on, webhook, found->first.conversation);
        } else if (revive(on, webhook, found->first))
            add_to_queue(on, webhook, found->first.conversation, 1);
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
    const auto carry_out = [&](session& on) {
        added_by_queue revived;
        for (const auto& place : dead_places(on, webhook, limit)) {
            if (revive(on, webhook, place))
                ++revived[place.conversation];
        }
        count = add_to_queues(on, webhook, revived);
        return count == 0 ? progress::nothing : progress::written;
    };
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return count;
}

result<replayed> sql_webhooks::replay(
    webhook_id webhook,
    std::uint64_t after,
    std::size_t limit,
    deadline until
)
{
    // While nobody appends, everything that arrived before the last message that is there is there
    // as well: what commits later than a message after it would be left out else.
    std::optional<piece> found;
    const auto look = [&](session& on) {
        const auto bot = bot_of(on, webhook);
        found = bot ? std::optional{piece_of(on, *bot, after, limit)} : std::nullopt;
        return progress::nothing;
    };
    const transaction looking{.lock = bots_change, .run = look, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, looking); !done)
        return done.error();
    if (!found)
        return refuse(errc::not_found, "The webhook was removed.");

    replayed answer{.queued = 0, .reached = found->reached, .is_end = found->count < limit};
    if (found->count == 0)
        return answer;
    const auto carry_out = [&](session& on) {
        answer.queued = queue_piece(on, webhook, after, found->reached);
        return progress::written;
    };
    const transaction work{.lock = bots_stay, .run = carry_out, .verify_commit = nothing_committed};
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return answer;
}

}  // namespace botapi::sql
