#include "adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

namespace botcore::memory {

namespace {

/// Whether a message in the list of `list_for` matches the query. The caller checks `since` and
/// `until`.
bool matches(const message_query& query, const message& message)
{
    const auto& filter = query.filter;
    const auto [from, to] = ends_of(message.way);
    return filter.visible.contains(message.way.bot) &&
           (!filter.bot || *filter.bot == message.way.bot) &&
           (!filter.client || *filter.client == message.way.client) &&
           (!filter.from || *filter.from == from) && (!filter.to || *filter.to == to) &&
           (!filter.way || *filter.way == message.way.way) &&
           (!query.seq_max || message.seq <= *query.seq_max);
}

bool matches(const message_filter& filter, const pairing& ends)
{
    return filter.visible.contains(ends.bot) && (!filter.bot || *filter.bot == ends.bot) &&
           (!filter.client || *filter.client == ends.client);
}

}  // namespace

std::vector<result<std::vector<appended>>> memory_messages::append(
    std::span<const submission> submissions,
    deadline /*until*/
)
{
    std::vector<stream_id> grown;
    auto answers = carry_out(submissions, grown);
    if (!grown.empty())
        listeners_.notify(grown);
    return answers;
}

std::vector<result<std::vector<appended>>> memory_messages::carry_out(
    std::span<const submission> submissions,
    std::vector<stream_id>& grown
)
{
    const std::lock_guard lock{mutex_};
    const auto facts = facts_for(submissions);
    const append_plan plan{submissions, facts};

    std::vector<append_plan::row_numbers> numbers;
    numbers.reserve(plan.rows().size());
    for (const auto& row : plan.rows())
        numbers.push_back(write(row));
    for (const receipt& one : plan.receipts())
        receipts_.emplace(one.key, one);
    grown = plan.grown_streams();
    for (const auto& [account, count] : plan.spent())
        keys_.spend(account, count);
    return plan.answers(numbers);
}

append_facts memory_messages::facts_for(std::span<const submission> submissions) const
{
    append_facts facts;
    for (const auto& submission : submissions) {
        if (submission.account)
            facts.quota_left.emplace(*submission.account, keys_.left_of(*submission.account));
        const receipt* first = nullptr;
        if (submission.receipt) {
            if (const auto found = receipts_.find(submission.receipt->key);
                found != receipts_.end()) {
                facts.receipts.insert(*found);
                first = &found->second;
            }
        }
        for (std::size_t index = 0; index < submission.entries.size(); ++index) {
            const auto& entry = submission.entries[index];
            const auto& [from, to] = entry.draft.ends;
            for (const bot_id end : {bot_id{from.value}, bot_id{to.value}}) {
                if (bots_.is_registered(end))
                    facts.bots.insert(end);
            }
            const auto id = first != nullptr ? first_id_of(submission, index, *first) : entry.id;
            if (const auto stored = messages_.find(id); stored != messages_.end())
                facts.existing.insert(*stored);
        }
    }
    return facts;
}

append_plan::row_numbers memory_messages::write(const append_plan::row& row)
{
    const entry& source = row.source;
    auto& conversation = conversations_[source.draft.conversation];
    conversation.state.message_count += 1;
    conversation.state.revision += 1;
    const append_plan::row_numbers numbers{
        .seq = ++conversation.state.last_seq,
        .arrival = ++last_arrival_};

    const message& stored = messages_
                                .emplace(
                                    source.id,
                                    message{
                                        .id = source.id,
                                        .conversation = source.draft.conversation,
                                        .stamp = source.stamp,
                                        .way = row.way,
                                        .content = source.draft.content,
                                        .seq = numbers.seq,
                                        .arrival = numbers.arrival,
                                    }
                                )
                                .first->second;

    const auto& [bot, way, client] = row.way;
    conversation.messages.emplace(message_key{stored.stamp.at(), stored.seq}, &stored);
    conversation.participants.insert({bot, client});
    streams_[stored.conversation].push_back(&stored);
    streams_[bot].push_back(&stored);
    const std::array<ends_key, 3> keys{{{bot, {}}, {{}, client}, {bot, client}}};
    for (const auto& key : keys) {
        auto& entry = by_ends_[key];
        entry.messages.emplace(message_key{stored.stamp.at(), stored.arrival}, &stored);
        entry.conversations.insert(stored.conversation);
    }
    webhooks_.queue_for_webhooks(stored);
    return numbers;
}

result<std::vector<std::optional<message>>> memory_messages::find(
    std::span<const message_id> ids,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<message>> messages;
    messages.reserve(ids.size());
    for (const auto& id : ids) {
        const auto entry = messages_.find(id);
        messages.push_back(entry == messages_.end() ? std::nullopt : std::optional{entry->second});
    }
    return messages;
}

const memory_messages::message_list* memory_messages::list_for(const message_filter& filter) const
{
    if (filter.conversation) {
        const auto entry = conversations_.find(*filter.conversation);
        return entry == conversations_.end() ? nullptr : &entry->second.messages;
    }
    const auto entry = by_ends_.find({filter.bot, filter.client});
    return entry == by_ends_.end() ? nullptr : &entry->second.messages;
}

result<message_page> memory_messages::list(const message_query& query, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    const auto& from = query.from;
    const message_list* const all = list_for(query.filter);
    if (all == nullptr)
        return message_page{};

    // The range of the list to read begins with `low` and ends before `high`.
    const bool descending = (query.order == sort_order::descending) != (from && from->backwards);
    message_key low{query.filter.since.value_or(instant::min()), 0};
    message_key high{instant::max(), std::numeric_limits<std::uint64_t>::max()};
    if (query.filter.until)
        high = {*query.filter.until, 0};
    if (from && descending)
        high = std::min(high, from->key);
    else if (from)
        low = std::max(low, from->key);
    if (low >= high)
        return message_page{};
    auto first = all->lower_bound(low);
    const auto last = all->lower_bound(high);
    if (from && !descending && first != last && first->first == from->key)
        ++first;

    message_page_builder page{query};
    const auto take = [&](auto entry, auto end) {
        for (bool wants_more = true; entry != end && wants_more; ++entry) {
            if (matches(query, *entry->second))
                wants_more = page.take(*entry->second);
        }
    };
    if (descending)
        take(std::make_reverse_iterator(last), std::make_reverse_iterator(first));
    else
        take(first, last);
    return std::move(page).page();
}

result<std::vector<list_version>> memory_messages::versions(
    std::span<const message_filter> filters,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<list_version> versions;
    versions.reserve(filters.size());
    for (const auto& filter : filters)
        versions.push_back(version_of(filter));
    return versions;
}

list_version memory_messages::version_of(const message_filter& filter) const
{
    if (filter.conversation)
        return version_in(*filter.conversation, filter);

    // The sum never decreases, because no revision decreases and no conversation disappears.
    list_version sum;
    if (const auto entry = by_ends_.find({filter.bot, filter.client}); entry != by_ends_.end()) {
        for (const auto& id : entry->second.conversations)
            sum.revision += version_in(id, filter).revision;
    }
    return sum;
}

list_version memory_messages::version_in(conversation_id id, const message_filter& filter) const
{
    const auto entry = conversations_.find(id);
    if (entry == conversations_.end())
        return {};
    const auto& conversation = entry->second;
    const bool has_match = std::ranges::any_of(conversation.participants, [&](const pairing& ends) {
        return matches(filter, ends);
    });
    if (!has_match || filter.visible.is_all())
        return has_match ? list_version{conversation.state.revision, conversation.state.last_seq}
                         : list_version{};
    const auto visible_count = std::ranges::count_if(
        conversation.messages,
        [&](const auto& listed) { return filter.visible.contains(listed.second->way.bot); }
    );
    const auto count = static_cast<std::uint64_t>(visible_count);
    return {.revision = count, .last_seq = count};
}

}  // namespace botcore::memory
