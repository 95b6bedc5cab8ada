#include "adapters/soci/write_messages.hpp"

#include "adapters/soci/array_text.hpp"

#include <botcore/domain/conversation.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

using places = std::vector<append_plan::place>;

/// What a plan does to its conversations.
struct growth {
    std::map<conversation_id, std::uint64_t> added{};  ///< Messages. Locked in this order.
    std::set<std::pair<conversation_id, pairing>> pairings{};
    std::vector<std::uint64_t> numbers{};  ///< Of each row among its conversation's, from 1.
};

growth growth_in(const append_plan& plan)
{
    growth found;
    found.numbers.reserve(plan.rows().size());
    for (const auto& row : plan.rows()) {
        const auto& conversation = row.source.get().content.conversation;
        found.numbers.push_back(++found.added[conversation]);
        found.pairings.insert({conversation, {row.way.bot, row.way.client}});
    }
    return found;
}

std::int64_t nanoseconds_of(const timestamp& stamp)
{
    return stamp.at().time_since_epoch().count();
}

std::int64_t number_of(direction way)
{
    return way == direction::outbound ? 1 : 0;
}

constexpr std::string_view write_all_at_once =
    "WITH grown AS ("
    " INSERT INTO conversations AS c (id, shard, last_seq)"
    " SELECT g.id, g.shard, g.added"
    " FROM unnest(CAST(:grown AS uuid[]), CAST(:grown_shards AS integer[]),"
    " CAST(:added AS bigint[])) AS g (id, shard, added) ORDER BY g.id"
    " ON CONFLICT (id) DO UPDATE SET last_seq = c.last_seq + excluded.last_seq"
    " RETURNING id, last_seq"
    "), paired AS ("
    " INSERT INTO pairings (conversation, bot, client)"
    " SELECT p.conversation, p.bot, p.client"
    " FROM unnest(CAST(:paired AS uuid[]), CAST(:paired_bots AS uuid[]),"
    " CAST(:paired_clients AS uuid[])) AS p (conversation, bot, client)"
    " JOIN grown ON grown.id = p.conversation"
    " ON CONFLICT DO NOTHING"
    "), noted AS ("
    " INSERT INTO receipts (key, digest)"
    " SELECT r.key, r.digest"
    " FROM unnest(CAST(:keys AS uuid[]), CAST(:digests AS bigint[])) AS r (key, digest)"
    "), stored AS ("
    " INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client, direction,"
    " text, metadata)"
    " SELECT m.id, m.shard, m.conversation, grown.last_seq - m.behind, m.instant, m.form, m.bot,"
    " m.client, m.direction, m.text, m.metadata"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:shards AS integer[]),"
    " CAST(:conversations AS uuid[]), CAST(:behind AS bigint[]), CAST(:instants AS bigint[]),"
    " CAST(:forms AS integer[]), CAST(:bots AS uuid[]), CAST(:clients AS uuid[]),"
    " CAST(:directions AS smallint[]), CAST(:texts AS text[]), CAST(:metadata AS text[]))"
    " WITH ORDINALITY AS m (id, shard, conversation, behind, instant, form, bot, client,"
    " direction, text, metadata, place)"
    " JOIN grown ON grown.id = m.conversation ORDER BY m.place"
    " RETURNING id, seq, arrival"
    ") SELECT id, seq, arrival FROM stored";

void give_conversations(statement& asked, const append_plan& plan, const growth& growth)
{
    array_text ids, shards, added;
    for (const auto& [id, count] : growth.added) {
        ids.add(id.value);
        shards.add(std::int64_t{shard_of(id)});
        added.add(static_cast<std::int64_t>(count));
    }
    asked.give(ids.text()).give(shards.text()).give(added.text());

    array_text conversations, bots, clients;
    for (const auto& [conversation, who] : growth.pairings) {
        conversations.add(conversation.value);
        bots.add(who.bot.value);
        clients.add(who.client.value);
    }
    asked.give(conversations.text()).give(bots.text()).give(clients.text());

    array_text keys, digests;
    for (const auto& [key, digest] : plan.receipts()) {
        keys.add(key);
        digests.add(static_cast<std::int64_t>(digest));
    }
    asked.give(keys.text()).give(digests.text());
}

void give_messages(statement& asked, const append_plan& plan, const growth& growth)
{
    array_text ids, shards, conversations, behind, instants, forms, bots, clients, directions;
    array_text texts, metadata;
    auto number = growth.numbers.begin();
    for (const auto& [source, way] : plan.rows()) {
        const auto& [content, id, stamp] = source.get();
        ids.add(id.value);
        shards.add(std::int64_t{shard_of(content.conversation)});
        conversations.add(content.conversation.value);
        // The conversation's last number is known only when it is locked: count back from it.
        const auto left = growth.added.at(content.conversation) - *number++;
        behind.add(static_cast<std::int64_t>(left));
        instants.add(nanoseconds_of(stamp));
        forms.add(std::int64_t{stamp.form()});
        bots.add(way.bot.value);
        clients.add(way.client.value);
        directions.add(number_of(way.way));
        texts.add(std::string_view{content.text});
        if (content.metadata) {
            metadata.add(std::string_view{*content.metadata});
        } else {
            metadata.add_null();
        }
    }
    asked.give(ids.text()).give(shards.text()).give(conversations.text()).give(behind.text());
    asked.give(instants.text()).give(forms.text()).give(bots.text()).give(clients.text());
    asked.give(directions.text()).give(texts.text()).give(metadata.text());
}

/// All in one statement, for PostgreSQL. Its parts see the rows of each other only through
/// RETURNING; the foreign keys are checked at its end, when all rows are there.
places write_at_once(session& on, const append_plan& plan, const growth& growth)
{
    auto& asked = on.prepared({std::string{write_all_at_once}, "ttttttttttttttttttt", "inn"});
    give_conversations(asked, plan, growth);
    give_messages(asked, plan, growth);

    std::unordered_map<message_id, append_plan::place> written;
    for (asked.run(); asked.next();) {
        written.emplace(
            message_id{asked.id(0)},
            append_plan::place{asked.count(1), asked.count(2)}
        );
    }

    places found;
    found.reserve(plan.rows().size());
    for (const auto& row : plan.rows())
        found.push_back(written.at(row.source.get().id));
    return found;
}

/// Row by row, for SQLite, where a statement is a function call.
places write_one_by_one(session& on, const append_plan& plan, const growth& growth)
{
    std::map<conversation_id, std::uint64_t> before;
    for (const auto& [id, count] : growth.added) {
        auto& grown = on.prepared(
            {"INSERT INTO conversations (id, shard, last_seq) VALUES (:id, :shard, :added)"
             " ON CONFLICT (id) DO UPDATE SET last_seq = last_seq + excluded.last_seq"
             " RETURNING last_seq",
             "inn",
             "n"}
        );
        for (grown.give(id).give(std::int64_t{shard_of(id)}).give(count).run(); grown.next();)
            before[id] = grown.count(0) - count;
    }
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

    places found;
    found.reserve(plan.rows().size());
    for (const auto& [source, way] : plan.rows()) {
        const auto& [content, id, stamp] = source.get();
        const auto seq = before.at(content.conversation) + growth.numbers[found.size()];
        auto& stored = on.prepared(
            {"INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client,"
             " direction, text, metadata) VALUES (:id, :shard, :conversation, :seq, :instant,"
             " :form, :bot, :client, :direction, :text, :metadata) RETURNING arrival",
             "ininnniintt",
             "n"}
        );
        stored.give(id).give(std::int64_t{shard_of(content.conversation)});
        stored.give(content.conversation).give(seq);
        stored.give(nanoseconds_of(stamp)).give(std::int64_t{stamp.form()});
        stored.give(way.bot).give(way.client).give(number_of(way.way));
        stored.give(std::string_view{content.text});
        if (content.metadata) {
            stored.give(std::string_view{*content.metadata});
        } else {
            stored.give_null();
        }
        for (stored.run(); stored.next();)
            found.push_back({.seq = seq, .arrival = stored.count(0)});
    }
    return found;
}

}  // namespace

places write_rows(session& on, const append_plan& plan)
{
    const auto growth = growth_in(plan);
    return on.is_postgresql() ? write_at_once(on, plan, growth)
                              : write_one_by_one(on, plan, growth);
}

}  // namespace botapi::sql
