#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/idempotency.hpp>

#include <algorithm>
#include <utility>

namespace botcore {

namespace {

/// The message that results from writing `row` under `numbers`.
message message_in(const append_plan::row& row, const append_plan::row_numbers& numbers)
{
    const entry& source = row.source;
    return {
        .id = source.id,
        .conversation = source.draft.conversation,
        .stamp = source.stamp,
        .way = row.way,
        .content = source.draft.content,
        .seq = numbers.seq,
        .arrival = numbers.arrival,
    };
}

/// Whether the sender of `entry` may see the bot of `stored`. Both messages have the same ends.
bool may_see(const entry& entry, const message& stored) noexcept
{
    return stored.way.way == direction::outbound ? entry.from_may_be_bot : entry.to_may_be_bot;
}

}  // namespace

append_plan::append_plan(std::span<const submission> submissions, const append_facts& facts)
{
    decisions_.reserve(submissions.size());
    for (const auto& submission : submissions)
        decisions_.push_back(decide(submission, facts));
}

auto append_plan::decide(const submission& submission, const append_facts& facts)
    -> result<std::vector<decision>>
{
    const std::size_t row_count = rows_.size();

    const receipt* first = nullptr;  // The receipt under which the request was carried out.
    if (submission.receipt) {
        const auto& own = *submission.receipt;
        const auto stored = facts.receipts.find(own.key);
        const bool is_stored = stored != facts.receipts.end();
        const auto [noted, is_new] =
            receipt_by_key_.try_emplace(own.key, is_stored ? stored->second : own);
        if (noted->second.digest != own.digest)
            return reused_key();
        if (is_stored || !is_new)
            first = &noted->second;
    }

    const auto refused = [&](error why) {
        roll_back_to(row_count);
        if (submission.receipt && first == nullptr)
            receipt_by_key_.erase(submission.receipt->key);
        return why;
    };
    std::vector<decision> decisions;
    decisions.reserve(submission.entries.size());
    for (std::size_t index = 0; index < submission.entries.size(); ++index) {
        const entry& one = submission.entries[index];
        const auto id = first != nullptr ? first_id_of(submission, index, *first) : one.id;
        auto decided = decide(one, id, facts, first != nullptr);
        if (!decided) {
            auto why = decided.error();
            why.item = index;
            return refused(std::move(why));
        }
        decisions.push_back(*decided);
    }
    if (submission.account && !spend(*submission.account, rows_.size() - row_count, facts)) {
        return refused(refuse(
            errc::quota_exceeded,
            "The key's quota of messages is used up. Ask the administrator who issued the key for "
            "a "
            "larger quota."
        ));
    }
    if (submission.receipt && first == nullptr)
        receipts_.push_back(*submission.receipt);
    return decisions;
}

auto append_plan::decide(
    const entry& entry,
    message_id id,
    const append_facts& facts,
    bool was_carried_out
) -> result<decision>
{
    const auto retry_or_refusal = [&](const message& stored, decision answer) -> result<decision> {
        if (is_retry_of(entry, stored) && may_see(entry, stored))
            return answer;
        return refuse(
            errc::content_mismatch,
            "A message with the id " + id.text() + " exists and has different content.",
            {{"/id", "names an existing message with different content."}}
        );
    };

    if (const auto found = facts.existing.find(id); found != facts.existing.end())
        return retry_or_refusal(found->second, {&found->second, true});
    if (const auto found = row_by_id_.find(id); found != row_by_id_.end())
        return retry_or_refusal(message_in(rows_[found->second], {}), {found->second, true});
    if (was_carried_out) {
        return refuse(
            errc::internal,
            "The receipt of a request is stored, but one of its messages is not."
        );
    }

    const auto [from, to] = entry.draft.ends;
    const auto route = route_between(
        entry.draft.ends,
        entry.from_may_be_bot && facts.bots.contains(bot_id{from.value}),
        entry.to_may_be_bot && facts.bots.contains(bot_id{to.value})
    );
    if (!route) {
        return refuse(
            errc::unknown_bot,
            "Neither end of the message is a registered bot.",
            {{"/from", "is not a registered bot."}, {"/to", "is not a registered bot."}}
        );
    }

    rows_.push_back({entry, *route});
    row_by_id_.emplace(id, rows_.size() - 1);
    return decision{rows_.size() - 1, false};
}

bool append_plan::spend(key_id account, std::uint64_t row_count, const append_facts& facts)
{
    if (row_count == 0)
        return true;
    const auto found = facts.quota_left.find(account);
    const auto before = spent_.find(account);
    const auto left = found == facts.quota_left.end() ? 0 : found->second;
    const auto spent = before == spent_.end() ? 0 : before->second;
    if (left - spent < row_count)
        return false;
    spent_[account] = spent + row_count;
    return true;
}

void append_plan::roll_back_to(std::size_t row_count)
{
    for (; rows_.size() > row_count; rows_.pop_back())
        row_by_id_.erase(rows_.back().source.get().id);
}

std::vector<stream_id> append_plan::grown_streams() const
{
    std::vector<stream_id> all;
    all.reserve(2 * rows_.size());
    for (const auto& [source, way] : rows_) {
        all.emplace_back(source.get().draft.conversation);
        all.emplace_back(way.bot);
    }
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

bool append_plan::refuses_any() const noexcept
{
    return std::ranges::any_of(decisions_, [](const auto& decided) { return !decided; });
}

std::vector<result<std::vector<appended>>> append_plan::answers(std::span<const row_numbers> numbers
) const
{
    const auto answer_for = [&](const decision& one) -> appended {
        if (const auto* const stored = std::get_if<const message*>(&one.message))
            return {.stored = **stored, .replayed = one.replayed};
        const std::size_t index = std::get<std::size_t>(one.message);
        return {.stored = message_in(rows_[index], numbers[index]), .replayed = one.replayed};
    };

    std::vector<result<std::vector<appended>>> answers;
    answers.reserve(decisions_.size());
    for (const auto& decided : decisions_) {
        if (!decided) {
            answers.emplace_back(decided.error());
            continue;
        }
        std::vector<appended> messages;
        messages.reserve(decided->size());
        for (const decision& one : *decided)
            messages.push_back(answer_for(one));
        answers.emplace_back(std::move(messages));
    }
    return answers;
}

}  // namespace botcore
