#include "adapters/memory/memory_bots.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace botcore::memory {

std::vector<result<registered>> memory_bots::add(
    std::span<const bot_registration> added,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<result<registered>> answers;
    answers.reserve(added.size());
    for (const auto& one : added)
        answers.push_back(add(one));
    return answers;
}

result<registered> memory_bots::add(const bot_registration& added)
{
    if (added.receipt) {
        if (const auto kept = receipts_.find(added.receipt->key); kept != receipts_.end()) {
            const auto& [digest, answer] = kept->second;
            if (digest == added.receipt->digest)
                return registered{.bot = answer, .replayed = true};
            return reused_key();
        }
    }
    if (live_.contains(added.id))
        return refuse(errc::already_exists, "A bot with the id " + added.id.text() + " exists.");

    const auto tombstone = tombstones_.find(added.id);
    const bool revives = tombstone != tombstones_.end();
    const bot made{
        .id = added.id,
        .name = added.name,
        .version = revives ? tombstone->second + 1 : 1,
    };
    if (revives)
        tombstones_.erase(tombstone);
    live_.emplace(made.id, made);
    if (added.receipt)
        receipts_.emplace(added.receipt->key, kept_receipt{added.receipt->digest, made});
    return registered{.bot = made};
}

result<std::vector<std::optional<bot>>> memory_bots::find(
    std::span<const bot_id> ids,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<bot>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto place = live_.find(id);
        found.push_back(place == live_.end() ? std::nullopt : std::optional{place->second});
    }
    return found;
}

result<bot_page> memory_bots::list(const bot_query& query, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    std::vector<bot> found;
    const auto take = [&](auto place, auto end) {
        for (; place != end && found.size() <= query.limit; ++place)
            found.push_back(place->second);
    };
    if (!query.from)
        take(live_.begin(), live_.end());
    else if (const bot_id next_to{query.from->key}; query.from->backwards)
        take(std::make_reverse_iterator(live_.lower_bound(next_to)), live_.rend());
    else
        take(live_.upper_bound(next_to), live_.end());

    const auto key_of = [](const bot& one) { return one.id.value; };
    return make_page(std::move(found), query.limit, query.from, key_of);
}

std::vector<result<bot>> memory_bots::change(
    std::span<const bot_change> changes,
    deadline /*until*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<result<bot>> answers;
    answers.reserve(changes.size());
    for (const auto& one : changes)
        answers.push_back(change(one));
    return answers;
}

result<bot> memory_bots::change(const bot_change& asked)
{
    const auto found = find_as(asked.id, asked.expected);
    if (!found)
        return found.error();

    bot& changed = **found;
    if (asked.name && *asked.name != changed.name) {
        changed.name = *asked.name;
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
    for (const auto& one : removals)
        answers.push_back(remove(one));
    return answers;
}

result<> memory_bots::remove(const bot_removal& asked)
{
    const auto found = find_as(asked.id, asked.expected);
    if (!found)
        return found.error();

    tombstones_.emplace(asked.id, (*found)->version + 1);
    live_.erase(asked.id);
    if (told_of_removal_)
        told_of_removal_(asked.id);
    return {};
}

result<bot*> memory_bots::find_as(bot_id id, const precondition& expected)
{
    const auto found = live_.find(id);
    if (found == live_.end())
        return refuse(errc::not_found, "No bot is registered under the id " + id.text() + ".");
    if (!expected.holds_for(found->second.version)) {
        return refuse(
            errc::precondition_failed,
            "The bot " + id.text() + " is not in the state that was asked for. Read it again."
        );
    }
    return &found->second;
}

}  // namespace botcore::memory
