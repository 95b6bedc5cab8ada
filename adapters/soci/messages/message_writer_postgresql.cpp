#include "adapters/soci/driver/postgresql/parameter_table.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/messages/append_statement_postgresql.hpp"
#include "adapters/soci/messages/message_binding.hpp"
#include "adapters/soci/messages/message_writer.hpp"
#include "adapters/soci/messages/pairing_cache.hpp"
#include "adapters/soci/messages/plan_growth.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace botapi::sql {

using namespace botcore;

namespace {

/// Whether another transaction may write messages with the same ids, because a client may choose an
/// id again.
bool have_shared_ids(const append_plan& plan)
{
    return std::ranges::any_of(plan.rows(), [](const append_plan::row& row) {
        return row.source.get().draft.id.has_value();
    });
}

/// The statement for a plan, and its parameters.
class plan_statement {
public:
    /// `pairings` are the pairings of the plan that have to be written. `version` is the version of
    /// the registry for which the plan was made. It is nothing if the plan was made under the lock
    /// of the bots.
    plan_statement(
        const append_plan& plan,
        const plan_growth& growth,
        std::span<const stored_pairing> pairings,
        bool has_webhooks,
        std::optional<std::int64_t> version
    )
        : parts_{
              .is_one_row = plan.rows().size() == 1 && plan.receipts().size() <= 1,
              .has_pairings = !pairings.empty(),
              .has_receipts = !plan.receipts().empty(),
              .has_webhooks = has_webhooks,
              .has_shared_ids = have_shared_ids(plan)}
    {
        if (version)
            version_ = in_binary(*version);
        tables_.reserve(4);
        add_conversations(growth);
        if (parts_.has_pairings)
            add_pairings(pairings);
        if (parts_.has_receipts)
            add_receipts(plan);
        add_messages(plan, growth);
    }

    [[nodiscard]] const std::string& sql() const { return append_statement(parts_); }

    /// A `string_view` without data (`nullptr`) is a null.
    [[nodiscard]] std::vector<std::string_view> parameters() const
    {
        std::vector<std::string_view> all;
        all.reserve(24);
        all.push_back(version_ ? std::string_view{*version_} : std::string_view{});
        for (const auto& table : tables_) {
            for (const auto& array : table.arrays())
                all.push_back(parts_.is_one_row ? array.only() : array.bytes());
        }
        return all;
    }

private:
    parameter_table& add(std::span<const column> columns, std::size_t row_count)
    {
        return tables_.emplace_back(columns, row_count);
    }

    void add_conversations(const plan_growth& growth)
    {
        auto& conversations = add(growth_columns, growth.added.size());
        for (const auto& [id, count] : growth.added)
            conversations.bind(id).bind(std::int64_t{shard_of(id)}).bind(count);
    }

    void add_pairings(std::span<const stored_pairing> pairings)
    {
        auto& rows = add(pairing_columns, pairings.size());
        for (const auto& [conversation, ends] : pairings)
            rows.bind(conversation).bind(ends.bot).bind(ends.client);
    }

    /// Adds the receipts in the order of their keys. `insert_messages` explains why.
    void add_receipts(const append_plan& plan)
    {
        auto sorted = plan.receipts();
        std::ranges::sort(sorted, {}, &receipt::key);
        auto& receipts = add(receipt_columns, sorted.size());
        for (const auto& [key, digest, seed] : sorted)
            receipts.bind(key).bind(digest).bind(seed);
    }

    void add_messages(const append_plan& plan, const plan_growth& growth)
    {
        auto& messages = add(numbered_message_columns, plan.rows().size());
        auto number = growth.numbers.begin();
        for (const auto& row : plan.rows()) {
            // Only the statement knows the last number of the conversation, so it counts back from
            // it.
            const auto total = growth.added.at(row.source.get().draft.conversation);
            messages.bind(total - *number++);
            bind_message(messages, row);
        }
    }

    append_parts parts_;
    std::optional<std::string> version_{};
    std::vector<parameter_table> tables_{};
};

numbered_rows numbers_in(const binary_rows& rows, const append_plan& plan)
{
    std::unordered_map<message_id, append_plan::row_numbers> written;
    for (std::size_t number = 0; number < rows.size(); ++number) {
        const binary_row stored{rows, number};
        written.emplace(
            message_id{stored.id(0)},
            append_plan::row_numbers{stored.count(1), stored.count(2)}
        );
    }
    numbered_rows numbers;
    numbers.reserve(plan.rows().size());
    for (const auto& row : plan.rows())
        numbers.push_back(written.at(row.source.get().id));
    return numbers;
}

/// Writes all rows in one statement.
class message_writer_postgresql final : public message_writer {
public:
    numbered_rows write(session& db, const append_plan& plan, const known_bots& bots) override
    {
        const plan_growth growth{plan};
        const std::vector<stored_pairing> all{growth.pairings.begin(), growth.pairings.end()};
        const plan_statement statement{plan, growth, all, bots.has_webhooks, std::nullopt};
        auto& server = session_postgresql::of(db);
        return numbers_in(server.run_binary(statement.sql(), statement.parameters()), plan);
    }

    [[nodiscard]] bool commits_at_once() const noexcept override { return true; }

    /// Does not write cached pairings. If the database has lost one of them, the statement throws
    /// (23503), and the next attempt writes all pairings.
    std::optional<numbered_rows> write_and_commit(
        session& db,
        const append_plan& plan,
        const known_bots& bots
    ) override
    {
        const plan_growth growth{plan};
        std::vector<stored_pairing> uncached;
        std::ranges::copy_if(
            growth.pairings,
            std::back_inserter(uncached),
            [&](const auto& pairing) { return !pairings_.take(pairing); }
        );
        const plan_statement statement{plan, growth, uncached, bots.has_webhooks, bots.version};
        auto& server = session_postgresql::of(db);
        const auto rows = server.run_as_transaction(statement.sql(), statement.parameters());
        if (rows.size() != plan.rows().size())
            return std::nullopt;
        for (const auto& pairing : growth.pairings)
            pairings_.add(pairing);
        return numbers_in(rows, plan);
    }

private:
    pairing_cache pairings_;
};

}  // namespace

std::unique_ptr<message_writer> make_message_writer_postgresql()
{
    return std::make_unique<message_writer_postgresql>();
}

}  // namespace botapi::sql
