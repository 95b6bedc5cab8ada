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
    return std::ranges::all_of(submissions, [](const submission& submission) {
        return !submission.receipt && !submission.account &&
               std::ranges::none_of(submission.entries, [](const entry& entry) {
                   return entry.draft.id.has_value();
               });
    });
}

namespace {

/// Adds the ids that the messages of a submission got when it was carried out, if it was.
void add_first_ids(
    const submission& submission,
    const append_facts& facts,
    std::unordered_set<uuid>& ids
)
{
    const auto first = facts.receipts.find(submission.receipt->key);
    if (first == facts.receipts.end())
        return;
    for (std::size_t index = 0; index < submission.entries.size(); ++index)
        ids.insert(first_id_of(submission, index, first->second).value);
}

}  // namespace

append_facts facts_for(session& db, std::span<const submission> submissions, suspicion suspicion)
{
    std::unordered_set<uuid> messages;
    std::unordered_set<uuid> keys;
    for (const auto& submission : submissions) {
        if (submission.receipt)
            keys.insert(submission.receipt->key);
        for (const auto& entry : submission.entries) {
            if (entry.draft.id || suspicion == suspicion::all_ids)
                messages.insert(entry.id.value);
        }
    }
    const auto to_vector = [](const std::unordered_set<uuid>& ids) {
        return std::vector<uuid>{ids.begin(), ids.end()};
    };

    append_facts facts;
    const auto read_receipts = [&] {
        db.select_by_ids(
            {"SELECT key, digest, coalesce(seed, key) FROM receipts", {}, "ini"},
            "key",
            to_vector(keys),
            [&](const row& row) {
                const receipt stored{row.id(0), row.count(1), row.id(2)};
                facts.receipts.emplace(stored.key, stored);
            }
        );
        for (const auto& submission : submissions) {
            if (submission.receipt)
                add_first_ids(submission, facts, messages);
        }
    };
    const auto read_messages = [&] {
        db.select_by_ids(
            {"SELECT " + names_of(message_columns) + " FROM messages", {}, message_letters},
            "id",
            to_vector(messages),
            [&](const row& row) {
                auto stored = message_in(row);
                facts.existing.emplace(stored.id, std::move(stored));
            }
        );
    };
    // Each statement sees what was committed before it. Receipts are read before messages, so that
    // the messages of every receipt that was found are seen. Another transaction may commit a
    // receipt with its messages between the two statements. So both are read again until no new
    // messages appear.
    for (std::size_t message_count = 0;; message_count = facts.existing.size()) {
        read_receipts();
        read_messages();
        if (facts.existing.size() == message_count || facts.receipts.size() == keys.size())
            return facts;
    }
}

}  // namespace botapi::sql
