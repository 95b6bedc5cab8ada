#include "adapters/soci/driver/postgresql/binary_array.hpp"
#include "adapters/soci/messages/append_statement_postgresql.hpp"
#include "adapters/soci/messages/plan_growth.hpp"
#include "adapters/soci/messages/write_messages.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace botapi::sql {

using namespace botcore;

namespace {

using places = std::vector<append_plan::place>;

using element = binary_array::element;

/// The statement for a plan, and its parameters.
class written_plan {
public:
    /// Of its pairings it writes those that are `not_known`.
    written_plan(
        const append_plan& plan,
        const plan_growth& growth,
        std::span<const stored_pairing> not_known,
        bool has_webhooks,
        std::optional<std::int64_t> version
    )
        : row_count_{plan.rows().size()},
          parts_{
              .is_one_row = row_count_ == 1 && plan.receipts().size() <= 1,
              .has_pairings = !not_known.empty(),
              .has_receipts = !plan.receipts().empty(),
              .has_webhooks = has_webhooks}
    {
        if (version)
            version_ = in_binary(*version);
        give_conversations(growth);
        if (parts_.has_pairings)
            give_pairings(not_known);
        if (parts_.has_receipts)
            give_receipts(plan);
        give_messages(plan, growth);
    }

    [[nodiscard]] const std::string& sql() const { return append_statement(parts_); }

    /// A null is a `string_view` without data.
    [[nodiscard]] std::vector<std::string_view> parameters() const
    {
        std::vector<std::string_view> all;
        all.reserve(1 + arrays_.size());
        all.push_back(version_ ? std::string_view{*version_} : std::string_view{});
        for (const auto& array : arrays_)
            all.push_back(parts_.is_one_row ? array.only() : array.bytes());
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

    void give_pairings(std::span<const stored_pairing> not_known)
    {
        const auto count = not_known.size();
        auto& conversations = add(element::uuid, count, uuid::size);
        auto& bots = add(element::uuid, count, uuid::size);
        auto& clients = add(element::uuid, count, uuid::size);
        for (const auto& [conversation, who] : not_known) {
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
        auto& behind = add(element::int8, row_count_);
        auto& ids = add(element::uuid, row_count_, uuid::size);
        auto& shards = add(element::int4, row_count_, 4);
        auto& conversations = add(element::uuid, row_count_, uuid::size);
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
            // The conversation's last number is known only when it is locked: count back from it.
            const auto left = growth.added.at(content.conversation) - *number++;
            behind.add(static_cast<std::int64_t>(left));
            ids.add(id.value);
            shards.add(std::int64_t{shard_of(content.conversation)});
            conversations.add(content.conversation.value);
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
    append_parts parts_;
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

places write_rows_at_once(session& on, const append_plan& plan, const known_bots& bots)
{
    const plan_growth growth{plan};
    const std::vector<stored_pairing> all{growth.pairings.begin(), growth.pairings.end()};
    const written_plan given{plan, growth, all, bots.has_webhooks, std::nullopt};
    return places_in(on.run_binary(given.sql(), given.parameters()), plan);
}

std::optional<places> write_rows_and_commit(
    session& on,
    const append_plan& plan,
    const known_bots& bots,
    known_pairings& pairings
)
{
    const plan_growth growth{plan};
    std::vector<stored_pairing> not_known;
    std::ranges::copy_if(growth.pairings, std::back_inserter(not_known), [&](const auto& one) {
        return !pairings.take(one);
    });
    const written_plan given{plan, growth, not_known, bots.has_webhooks, bots.version};
    const auto rows = on.run_as_transaction(given.sql(), given.parameters());
    if (rows.size() != plan.rows().size())
        return std::nullopt;
    for (const auto& one : growth.pairings)
        pairings.add(one);
    return places_in(rows, plan);
}

}  // namespace botapi::sql
