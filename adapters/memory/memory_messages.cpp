#include "adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

namespace botcore::memory {

namespace {

/// Whether `found`, which stands in the line of the filter, is wanted by the rest of the query.
/// Since when and until when is not asked here.
bool is_wanted(const message_query& query, const message& found)
{
    const auto& wanted = query.filter;
    const auto [from, to] = ends_of(found.way);
    return wanted.visible.contains(found.way.bot) &&
           (!wanted.bot || *wanted.bot == found.way.bot) &&
           (!wanted.client || *wanted.client == found.way.client) &&
           (!wanted.from || *wanted.from == from) && (!wanted.to || *wanted.to == to) &&
           (!wanted.way || *wanted.way == found.way.way) &&
           (!query.seq_max || found.seq <= *query.seq_max);
}

bool is_asked_for(const message_filter& filter, const pairing& one)
{
    return filter.visible.contains(one.bot) && (!filter.bot || *filter.bot == one.bot) &&
           (!filter.client || *filter.client == one.client);
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
        listeners_.tell(grown);
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

    std::vector<append_plan::row_numbers> places;
    places.reserve(plan.rows().size());
    for (const auto& row : plan.rows())
        places.push_back(write(row));
    for (const auto& [key, digest] : plan.receipts())
        receipts_.emplace(key, digest);
    grown = plan.grown();
    for (const auto& [account, count] : plan.spent())
        keys_.spend(account, count);
    return plan.answers(places);
}

append_facts memory_messages::facts_for(std::span<const submission> submissions) const
{
    append_facts facts;
    for (const auto& asked : submissions) {
        if (asked.account)
            facts.left.emplace(*asked.account, keys_.left_of(*asked.account));
        if (asked.receipt) {
            const auto kept = receipts_.find(asked.receipt->key);
            if (kept != receipts_.end())
                facts.receipts.insert(*kept);
        }
        for (const auto& one : asked.entries) {
            const auto& [from, to] = one.draft.ends;
            for (const bot_id end : {bot_id{from.value}, bot_id{to.value}}) {
                if (bots_.is_registered(end))
                    facts.registered.insert(end);
            }
            if (const auto kept = messages_.find(one.id); kept != messages_.end())
                facts.existing.insert(*kept);
        }
    }
    return facts;
}

append_plan::row_numbers memory_messages::write(const append_plan::row& row)
{
    const entry& source = row.source;
    auto& inside = conversations_[source.draft.conversation];
    inside.state.message_count += 1;
    inside.state.revision += 1;
    const append_plan::row_numbers numbers{
        .seq = ++inside.state.last_seq,
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
    inside.messages.emplace(message_key{stored.stamp.at(), stored.seq}, &stored);
    inside.participants.insert({bot, client});
    streams_[stored.conversation].push_back(&stored);
    streams_[bot].push_back(&stored);
    const std::array<talk_key, 3> keys{{{bot, {}}, {{}, client}, {bot, client}}};
    for (const auto& key : keys) {
        auto& talk = talks_[key];
        talk.messages.emplace(message_key{stored.stamp.at(), stored.arrival}, &stored);
        talk.conversations.insert(stored.conversation);
    }
    webhooks_.note(stored);
    return numbers;
}

result<std::vector<std::optional<message>>> memory_messages::find(
    std::span<const message_id> ids,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<std::optional<message>> found;
    found.reserve(ids.size());
    for (const auto& id : ids) {
        const auto place = messages_.find(id);
        found.push_back(place == messages_.end() ? std::nullopt : std::optional{place->second});
    }
    return found;
}

const memory_messages::line* memory_messages::line_of(const message_filter& filter) const
{
    if (filter.conversation) {
        const auto inside = conversations_.find(*filter.conversation);
        return inside == conversations_.end() ? nullptr : &inside->second.messages;
    }
    const auto talk = talks_.find({filter.bot, filter.client});
    return talk == talks_.end() ? nullptr : &talk->second.messages;
}

result<message_page> memory_messages::list(const message_query& query, const read_terms& /*terms*/)
{
    const std::lock_guard lock{mutex_};
    const auto& from = query.from;
    const line* const all = line_of(query.filter);
    if (all == nullptr)
        return message_page{};

    // The part of the line to read: from `low` up to `high`, which is left out.
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

    message_page_builder made{query};
    const auto take = [&](auto place, auto end) {
        for (bool wants_more = true; place != end && wants_more; ++place) {
            if (is_wanted(query, *place->second))
                wants_more = made.take(*place->second);
        }
    };
    if (descending)
        take(std::make_reverse_iterator(last), std::make_reverse_iterator(first));
    else
        take(first, last);
    return std::move(made).page();
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

    // A sum that only grows, since its terms do and none goes away.
    list_version sum;
    if (const auto talk = talks_.find({filter.bot, filter.client}); talk != talks_.end()) {
        for (const auto& id : talk->second.conversations)
            sum.revision += version_in(id, filter).revision;
    }
    return sum;
}

list_version memory_messages::version_in(conversation_id id, const message_filter& filter) const
{
    const auto inside = conversations_.find(id);
    if (inside == conversations_.end())
        return {};
    const auto& kept = inside->second;
    const bool is_any = std::ranges::any_of(kept.participants, [&](const pairing& one) {
        return is_asked_for(filter, one);
    });
    if (!is_any || filter.visible.is_all())
        return is_any ? list_version{kept.state.revision, kept.state.last_seq} : list_version{};
    const auto shown = std::ranges::count_if(kept.messages, [&](const auto& one) {
        return filter.visible.contains(one.second->way.bot);
    });
    const auto count = static_cast<std::uint64_t>(shown);
    return {.revision = count, .last_seq = count};
}

}  // namespace botcore::memory
