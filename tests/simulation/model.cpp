#include "tests/simulation/model.hpp"

#include <algorithm>

namespace simulation {

using namespace botcore;

result<std::vector<appended>> model::append(const submission& request)
{
    const model before = *this;
    std::vector<message_id> ids;
    for (const auto& one : request.entries)
        ids.push_back(one.id);
    if (request.receipt) {
        // The ids of a request are those of its first attempt that was stored.
        const auto& [digest, first_ids] =
            requests_.try_emplace(request.receipt->key, request.receipt->digest, ids).first->second;
        if (digest != request.receipt->digest)
            return refuse(errc::key_reused, {});
        ids = first_ids;
    }
    std::vector<appended> answer;
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (auto refused = store(request.entries[at], ids[at], answer)) {
            *this = before;
            return *std::move(refused);
        }
    }
    return answer;
}

std::optional<error> model::store(
    const entry& request,
    message_id id,
    std::vector<appended>& answer
)
{
    const auto& [from, to] = request.draft.ends;
    if (const auto found = messages_.find(id); found != messages_.end()) {
        const auto& there = found->second;
        const auto [first, second] = ends_of(there.way);
        const bool is_same = there.conversation == request.draft.conversation && first == from &&
                             second == to && there.content == request.draft.content &&
                             (!request.draft.stamp || *request.draft.stamp == there.stamp);
        if (!is_same)
            return refuse(errc::content_mismatch, {});
        answer.push_back({there, true});
        return std::nullopt;
    }
    message made{
        .id = id,
        .conversation = request.draft.conversation,
        .stamp = request.stamp,
        .way = {bot_id{from.value}, direction::outbound, client_id{to.value}},
        .content = request.draft.content,
    };
    if (!bots_.contains(made.way.bot)) {
        made.way = {bot_id{to.value}, direction::inbound, client_id{from.value}};
        if (!bots_.contains(made.way.bot))
            return refuse(errc::unknown_bot, {});
    }
    made.seq = ++last_seq_[made.conversation];
    made.arrival = ++arrivals_;
    messages_.emplace(made.id, made);
    answer.push_back({made, false});
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
