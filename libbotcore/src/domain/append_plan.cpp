#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/idempotency.hpp>

#include <algorithm>
#include <utility>

namespace botcore {

namespace {

/// The message that writing `row` under `numbers` makes.
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

/// Whether who asks may know of the bot in whose conversation `stored` stands. Its ends are those
/// of what is asked.
bool may_know(const entry& asked, const message& stored) noexcept
{
    return stored.way.way == direction::outbound ? asked.from_may_be_bot : asked.to_may_be_bot;
}

}  // namespace

append_plan::append_plan(std::span<const submission> submissions, const append_facts& facts)
{
    verdicts_.reserve(submissions.size());
    for (const submission& asked : submissions)
        verdicts_.push_back(decide(asked, facts));
}

auto append_plan::decide(const submission& asked, const append_facts& facts)
    -> result<std::vector<known>>
{
    const std::size_t row_count = rows_.size();

    bool was_carried_out = false;
    if (asked.receipt) {
        const auto [key, digest] = *asked.receipt;
        const auto stored = facts.receipts.find(key);
        const auto [noted, is_new] = digest_by_key_.try_emplace(
            key,
            stored == facts.receipts.end() ? digest : stored->second
        );
        was_carried_out = stored != facts.receipts.end() || !is_new;
        if (noted->second != digest)
            return reused_key();
    }

    const auto refused = [&](error why) {
        take_back_to(row_count);
        if (asked.receipt && !was_carried_out)
            digest_by_key_.erase(asked.receipt->key);
        return why;
    };
    std::vector<known> verdict;
    verdict.reserve(asked.entries.size());
    for (const entry& one : asked.entries) {
        auto decided = decide(one, facts, was_carried_out);
        if (!decided) {
            auto why = decided.error();
            why.item = verdict.size();
            return refused(std::move(why));
        }
        verdict.push_back(*decided);
    }
    if (asked.account && !spend(*asked.account, rows_.size() - row_count, facts)) {
        return refused(refuse(
            errc::quota_exceeded,
            "The key's quota of messages is used up. Ask who gave you the key for a larger one."
        ));
    }
    if (asked.receipt && !was_carried_out)
        receipts_.push_back(*asked.receipt);
    return verdict;
}

auto append_plan::decide(const entry& asked, const append_facts& facts, bool was_carried_out)
    -> result<known>
{
    const auto retry_or_refusal = [&](const message& there, known answer) -> result<known> {
        if (is_retry_of(asked, there) && may_know(asked, there))
            return answer;
        return refuse(
            errc::content_mismatch,
            "A message with the id " + asked.id.text() + " exists and has another content.",
            {{"/id", "names a message that exists and has another content."}}
        );
    };

    if (const auto found = facts.existing.find(asked.id); found != facts.existing.end())
        return retry_or_refusal(found->second, {&found->second, true});
    if (const auto found = row_by_id_.find(asked.id); found != row_by_id_.end())
        return retry_or_refusal(message_in(rows_[found->second], {}), {found->second, true});
    if (was_carried_out) {
        return refuse(
            errc::internal,
            "The receipt of a request is stored, but a message of it is not."
        );
    }

    const auto [from, to] = asked.draft.ends;
    const auto route = route_between(
        asked.draft.ends,
        asked.from_may_be_bot && facts.registered.contains(bot_id{from.value}),
        asked.to_may_be_bot && facts.registered.contains(bot_id{to.value})
    );
    if (!route) {
        return refuse(
            errc::unknown_bot,
            "Neither end of the message is a registered bot.",
            {{"/from", "is not a registered bot."}, {"/to", "is not a registered bot."}}
        );
    }

    rows_.push_back({asked, *route});
    row_by_id_.emplace(asked.id, rows_.size() - 1);
    return known{rows_.size() - 1, false};
}

bool append_plan::spend(key_id account, std::uint64_t row_count, const append_facts& facts)
{
    if (row_count == 0)
        return true;
    const auto found = facts.left.find(account);
    const auto before = spent_.find(account);
    const auto left = found == facts.left.end() ? 0 : found->second;
    const auto spent = before == spent_.end() ? 0 : before->second;
    if (left - spent < row_count)
        return false;
    spent_[account] = spent + row_count;
    return true;
}

void append_plan::take_back_to(std::size_t row_count)
{
    for (; rows_.size() > row_count; rows_.pop_back())
        row_by_id_.erase(rows_.back().source.get().id);
}

std::vector<stream_id> append_plan::grown() const
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
    return std::ranges::any_of(verdicts_, [](const auto& verdict) { return !verdict; });
}

std::vector<result<std::vector<appended>>> append_plan::answers(std::span<const row_numbers> numbers
) const
{
    const auto answer_for = [&](const known& one) -> appended {
        if (const auto* const stored = std::get_if<const message*>(&one.where))
            return {.stored = **stored, .replayed = one.replayed};
        const std::size_t number = std::get<std::size_t>(one.where);
        return {.stored = message_in(rows_[number], numbers[number]), .replayed = one.replayed};
    };

    std::vector<result<std::vector<appended>>> told;
    told.reserve(verdicts_.size());
    for (const auto& verdict : verdicts_) {
        if (!verdict) {
            told.emplace_back(verdict.error());
            continue;
        }
        std::vector<appended> messages;
        messages.reserve(verdict->size());
        for (const known& one : *verdict)
            messages.push_back(answer_for(one));
        told.emplace_back(std::move(messages));
    }
    return told;
}

}  // namespace botcore
