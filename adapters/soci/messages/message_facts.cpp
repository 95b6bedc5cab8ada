#include "adapters/soci/messages/message_facts.hpp"

#include "adapters/soci/rows/message_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>
#include <vector>

namespace botapi::sql {

using namespace botcore;

bool need_only_bots(std::span<const submission> submissions)
{
    return std::ranges::all_of(submissions, [](const submission& asked) {
        return !asked.receipt && !asked.account &&
               std::ranges::none_of(asked.entries, [](const entry& one) {
                   return one.draft.id.has_value();
               });
    });
}

append_facts facts_for(session& on, std::span<const submission> submissions, suspicion suspicion)
{
    std::unordered_set<uuid> messages;
    std::unordered_set<uuid> keys;
    for (const auto& asked : submissions) {
        if (asked.receipt)
            keys.insert(asked.receipt->key);
        for (const auto& one : asked.entries) {
            if (one.draft.id || asked.receipt || suspicion == suspicion::everyone)
                messages.insert(one.id.value);
        }
    }
    const auto listed = [](const std::unordered_set<uuid>& ids) {
        return std::vector<uuid>{ids.begin(), ids.end()};
    };

    append_facts facts;
    const auto read_receipts = [&] {
        on.select_by_ids(
            {"SELECT key, digest FROM receipts", {}, "in"},
            "key",
            listed(keys),
            [&](const row& row) { facts.receipts.emplace(row.id(0), row.count(1)); }
        );
    };
    const auto read_messages = [&] {
        on.select_by_ids(
            {"SELECT " + names_of(message_columns) + " FROM messages", {}, message_letters},
            "id",
            listed(messages),
            [&](const row& row) {
                auto stored = message_in(row);
                facts.existing.emplace(stored.id, std::move(stored));
            }
        );
    };
    // Each statement sees what was committed before it. Receipts come before messages: whoever sees
    // one then sees its messages. Both come again while messages turn up whose receipts may have
    // been committed together with them in between.
    for (std::size_t known = 0;; known = facts.existing.size()) {
        read_receipts();
        read_messages();
        if (facts.existing.size() == known || facts.receipts.size() == keys.size())
            return facts;
    }
}

}  // namespace botapi::sql
