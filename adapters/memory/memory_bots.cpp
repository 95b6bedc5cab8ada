#include "adapters/memory/memory_bots.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace botcore::memory {

std::vector<result<registered_bot>> memory_bots::add(
    std::span<const bot_registration> added,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<result<registered_bot>> answers;
    answers.reserve(added.size());
    for (const auto& registration : added)
        answers.push_back(add(registration));
    return answers;
}

result<registered_bot> memory_bots::add(const bot_registration& added)
{
    if (added.receipt) {
        if (const auto stored = receipts_.find(added.receipt->key); stored != receipts_.end()) {
            const auto& [digest, answer] = stored->second;
            if (digest == added.receipt->digest)
                return registered_bot{.bot = answer, .replayed = true};
            return reused_key();
        }
    }
    if (live_.contains(added.id))
        return refuse(errc::already_exists, "A bot with the id " + added.id.text() + " exists.");

    const auto tombstone = tombstones_.find(added.id);
    const bool is_revival = tombstone != tombstones_.end();
    const bot created{
        .id = added.id,
        .name = added.name,
        .version = is_revival ? tombstone->second + 1 : 1,
    };
    if (is_revival)
        tombstones_.erase(tombstone);
    live_.emplace(created.id, created);
    if (added.receipt)
        receipts_.emplace(added.receipt->key, registration_receipt{added.receipt->digest, created});
    return registered_bot{.bot = created};
}

result<std::vector<std::optional<bot>>> memory_bots::find(
    std::span<const bot_id> ids,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<bot>> bots;
    bots.reserve(ids.size());
    for (const auto& id : ids) {
        const auto entry = live_.find(id);
        bots.push_back(entry == live_.end() ? std::nullopt : std::optional{entry->second});
    }
    return bots;
}

result<bot_page> memory_bots::list(const bot_query& query, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    std::vector<bot> bots;
    const auto take = [&](auto entry, auto end) {
        for (; entry != end && bots.size() <= query.limit; ++entry)
            bots.push_back(entry->second);
    };
    if (!query.from)
        take(live_.begin(), live_.end());
    else if (const bot_id key{query.from->key}; query.from->backwards)
        take(std::make_reverse_iterator(live_.lower_bound(key)), live_.rend());
    else
        take(live_.upper_bound(key), live_.end());

    const auto key_of = [](const bot& listed) { return listed.id.value; };
    return make_page(std::move(bots), query.limit, query.from, key_of);
}

std::vector<result<bot>> memory_bots::change(
    std::span<const bot_change> changes,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<result<bot>> answers;
    answers.reserve(changes.size());
    for (const auto& item : changes)
        answers.push_back(change(item));
    return answers;
}

result<bot> memory_bots::change(const bot_change& change)
{
    const auto current = find_as(change.id, change.expected);
    if (!current)
        return current.error();

    bot& changed = **current;
    if (change.name && *change.name != changed.name) {
        changed.name = *change.name;
        ++changed.version;
    }
    return changed;
}

std::vector<result<>> memory_bots::remove(
    std::span<const bot_removal> removals,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<result<>> answers;
    answers.reserve(removals.size());
    for (const auto& removal : removals)
        answers.push_back(remove(removal));
    return answers;
}

result<> memory_bots::remove(const bot_removal& removal)
{
    const auto current = find_as(removal.id, removal.expected);
    if (!current)
        return current.error();

    tombstones_.emplace(removal.id, (*current)->version + 1);
    live_.erase(removal.id);
    if (on_removal_)
        on_removal_(removal.id);
    return {};
}

result<bot*> memory_bots::find_as(bot_id id, const precondition& expected)
{
    const auto entry = live_.find(id);
    if (entry == live_.end())
        return refuse(errc::not_found, "No bot is registered under the id " + id.text() + ".");
    if (!expected.holds_for(entry->second.version)) {
        return refuse(
            errc::precondition_failed,
            "The bot " + id.text() +
                " is not in the state that the request requires. Read it again."
        );
    }
    return &entry->second;
}

}  // namespace botcore::memory
