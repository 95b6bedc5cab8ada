#include "adapters/soci/binary_array.hpp"
#include "adapters/soci/plan_growth.hpp"
#include "adapters/soci/write_messages.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace botapi::sql {

using namespace botcore;

namespace {

using places = std::vector<append_plan::place>;

/// `$1` is the registry's version for which the rows were planned, or nothing, if they were planned
/// under the lock of bots.
constexpr const char* write_all_at_once =
    "WITH grown AS ("
    " INSERT INTO conversations AS c (id, shard, last_seq)"
    " SELECT g.id, g.shard, g.added"
    " FROM unnest($2::uuid[], $3::integer[], $4::bigint[]) AS g (id, shard, added)"
    " WHERE $1::bigint IS NULL OR EXISTS (SELECT FROM registry WHERE version = $1)"
    " ON CONFLICT (id) DO UPDATE SET last_seq = c.last_seq + excluded.last_seq"
    " RETURNING id, last_seq"
    "), paired AS ("
    " INSERT INTO pairings (conversation, bot, client)"
    " SELECT p.conversation, p.bot, p.client"
    " FROM unnest($5::uuid[], $6::uuid[], $7::uuid[]) AS p (conversation, bot, client)"
    " JOIN grown ON grown.id = p.conversation"
    " ON CONFLICT DO NOTHING"
    "), noted AS ("
    " INSERT INTO receipts (key, digest)"
    " SELECT r.key, r.digest FROM unnest($8::uuid[], $9::bigint[]) AS r (key, digest)"
    "), stored AS ("
    " INSERT INTO messages (id, shard, conversation, seq, instant, form, bot, client, direction,"
    " text, metadata)"
    " SELECT m.id, m.shard, m.conversation, grown.last_seq - m.behind, m.instant, m.form, m.bot,"
    " m.client, m.direction, m.text, m.metadata"
    " FROM unnest($10::uuid[], $11::integer[], $12::uuid[], $13::bigint[], $14::bigint[],"
    " $15::integer[], $16::uuid[], $17::uuid[], $18::smallint[], $19::text[], $20::text[])"
    " WITH ORDINALITY AS m (id, shard, conversation, behind, instant, form, bot, client,"
    " direction, text, metadata, place)"
    " JOIN grown ON grown.id = m.conversation ORDER BY m.place"
    " RETURNING id, conversation, seq, arrival, bot, direction"
    "), told AS ("
    " INSERT INTO webhook_deliveries (webhook, state, conversation, arrival, message)"
    " SELECT w.id, 0, s.conversation, s.arrival, s.id FROM stored s JOIN webhooks w"
    " ON w.bot = s.bot AND w.state = 1 AND ((w.events >> s.direction) & 1) = 1"
    " RETURNING webhook, conversation"
    "), lined AS ("
    " INSERT INTO webhook_lines AS l (webhook, conversation, waiting)"
    " SELECT webhook, conversation, count(*) FROM told GROUP BY webhook, conversation"
    " ORDER BY webhook, conversation"
    " ON CONFLICT (webhook, conversation) DO UPDATE SET waiting = l.waiting + excluded.waiting"
    ") SELECT id, seq, arrival FROM stored";

using element = binary_array::element;

/// The parameters of `write_all_at_once`, in its order.
class at_once_parameters {
public:
    at_once_parameters(const append_plan& plan, std::optional<std::int64_t> registry_version)
        : row_count_{plan.rows().size()}
    {
        const plan_growth growth{plan};
        if (registry_version)
            version_ = in_binary(*registry_version);
        give_conversations(growth);
        give_pairings(growth);
        give_receipts(plan);
        give_messages(plan, growth);
    }

    /// A null is a `string_view` without data.
    [[nodiscard]] std::vector<std::string_view> bytes() const
    {
        std::vector<std::string_view> all{
            version_ ? std::string_view{*version_} : std::string_view{}};
        for (const auto& array : arrays_)
            all.push_back(array.bytes());
        return all;
    }

private:
    binary_array& add(element type, std::size_t count, std::size_t size = 8)
    {
        return arrays_.emplace_back(type, count, size);
    }

    void give_conversations(const plan_growth& growth)
    {
        const auto count = growth.added.size();
        auto& ids = add(element::uuid, count, uuid::size);
        auto& shards = add(element::int4, count, 4);
        auto& added = add(element::int8, count);
        for (const auto& [id, number] : growth.added) {
            ids.add(id.value);
            shards.add(std::int64_t{shard_of(id)});
            added.add(static_cast<std::int64_t>(number));
        }
    }

    void give_pairings(const plan_growth& growth)
    {
        const auto count = growth.pairings.size();
        auto& conversations = add(element::uuid, count, uuid::size);
        auto& bots = add(element::uuid, count, uuid::size);
        auto& clients = add(element::uuid, count, uuid::size);
        for (const auto& [conversation, who] : growth.pairings) {
            conversations.add(conversation.value);
            bots.add(who.bot.value);
            clients.add(who.client.value);
        }
    }

    void give_receipts(const append_plan& plan)
    {
        const auto count = plan.receipts().size();
        auto& keys = add(element::uuid, count, uuid::size);
        auto& digests = add(element::int8, count);
        for (const auto& [key, digest] : plan.receipts()) {
            keys.add(key);
            digests.add(static_cast<std::int64_t>(digest));
        }
    }

    void give_messages(const append_plan& plan, const plan_growth& growth)
    {
        auto& ids = add(element::uuid, row_count_, uuid::size);
        auto& shards = add(element::int4, row_count_, 4);
        auto& conversations = add(element::uuid, row_count_, uuid::size);
        auto& behind = add(element::int8, row_count_);
        auto& instants = add(element::int8, row_count_);
        auto& forms = add(element::int4, row_count_, 4);
        auto& bots = add(element::uuid, row_count_, uuid::size);
        auto& clients = add(element::uuid, row_count_, uuid::size);
        auto& directions = add(element::int2, row_count_, 2);
        auto& texts = add(element::text, row_count_, 64);
        auto& metadata = add(element::text, row_count_, 0);
        auto number = growth.numbers.begin();
        for (const auto& [source, way] : plan.rows()) {
            const entry& one = source;
            const auto& [content, id, stamp] = std::tie(one.content, one.id, one.stamp);
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
    }

    std::size_t row_count_;
    std::optional<std::string> version_{};
    std::deque<binary_array> arrays_{};  // A deque, since references to its elements are held.
};

places places_in(const binary_rows& rows, const append_plan& plan)
{
    std::unordered_map<message_id, append_plan::place> written;
    for (std::size_t number = 0; number < rows.size(); ++number) {
        const binary_row stored{rows, number};
        written.emplace(
            message_id{stored.id(0)},
            append_plan::place{stored.count(1), stored.count(2)}
        );
    }
    places found;
    found.reserve(plan.rows().size());
    for (const auto& row : plan.rows())
        found.push_back(written.at(row.source.get().id));
    return found;
}

}  // namespace

// Its parts see the rows of each other only through RETURNING; the foreign keys are checked at its
// end, when all rows are there.
places write_rows_at_once(session& on, const append_plan& plan)
{
    const at_once_parameters given{plan, std::nullopt};
    return places_in(on.run_binary(write_all_at_once, given.bytes()), plan);
}

std::optional<places> write_rows_and_commit(
    session& on,
    const append_plan& plan,
    std::int64_t registry_version
)
{
    const at_once_parameters given{plan, registry_version};
    const auto rows = on.run_as_transaction(write_all_at_once, given.bytes());
    if (rows.size() != plan.rows().size())
        return std::nullopt;
    return places_in(rows, plan);
}

}  // namespace botapi::sql
