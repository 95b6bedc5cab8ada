#include "tests/simulation/model.hpp"

#include <algorithm>

namespace simulation {

using namespace botcore;

result<std::vector<appended>> model::append(const submission& asked)
{
    const model before = *this;
    if (asked.receipt) {
        const auto known = digests_.find(asked.receipt->key);
        if (known != digests_.end() && known->second != asked.receipt->digest)
            return refuse(errc::key_reused, {});
        digests_[asked.receipt->key] = asked.receipt->digest;
    }
    std::vector<appended> told;
    for (const auto& one : asked.entries) {
        if (auto refused = store(one, told)) {
            *this = before;
            return *std::move(refused);
        }
    }
    return told;
}

std::optional<error> model::store(const entry& asked, std::vector<appended>& told)
{
    const auto& [from, to] = asked.draft.ends;
    if (const auto found = messages_.find(asked.id); found != messages_.end()) {
        const auto& there = found->second;
        const auto [first, second] = ends_of(there.way);
        const bool is_same = there.conversation == asked.draft.conversation && first == from &&
                             second == to && there.content == asked.draft.content &&
                             (!asked.draft.stamp || *asked.draft.stamp == there.stamp);
        if (!is_same)
            return refuse(errc::content_mismatch, {});
        told.push_back({there, true});
        return std::nullopt;
    }
    message made{
        .id = asked.id,
        .conversation = asked.draft.conversation,
        .stamp = asked.stamp,
        .way = {bot_id{from.value}, direction::outbound, client_id{to.value}},
        .content = asked.draft.content,
    };
    if (!bots_.contains(made.way.bot)) {
        made.way = {bot_id{to.value}, direction::inbound, client_id{from.value}};
        if (!bots_.contains(made.way.bot))
            return refuse(errc::unknown_bot, {});
    }
    made.seq = ++last_seq_[made.conversation];
    made.arrival = ++arrivals_;
    messages_.emplace(made.id, made);
    told.push_back({made, false});
    return std::nullopt;
}

std::vector<message> model::stored(conversation_id in) const
{
    std::vector<message> found;
    for (const auto& [id, one] : messages_) {
        if (one.conversation == in)
            found.push_back(one);
    }
    std::ranges::sort(found, {}, &message::seq);
    return found;
}

}  // namespace simulation
