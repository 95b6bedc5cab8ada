#include "each_found.hpp"

#include <botcore/app/message_service.hpp>

#include <utility>

namespace botcore {

result<submission> message_service::prepare(
    std::vector<draft> drafts,
    const std::optional<idempotency_key>& key,
    const grant& by
)
{
    for (std::size_t at = 0; at < drafts.size(); ++at) {
        if (const auto allowed = by.may_send(drafts[at]); !allowed) {
            auto why = allowed.error();
            why.item = at;
            return why;
        }
    }
    const auto now = timestamp::from_clock(clock_.now());

    submission made{.entries = {}, .account = by.account()};
    if (key) {
        const auto seed = ids_.next(shard_number{0});
        made.receipt = receipt_for(*key, drafts, seed, by.bots(), by.seat());
    }
    made.entries.reserve(drafts.size());
    for (std::size_t at = 0; at < drafts.size(); ++at) {
        draft& sent = drafts[at];
        message_id id;
        if (sent.id)
            id = *sent.id;
        else if (made.receipt)
            id = message_id_for(*made.receipt, at, sent.conversation);
        else
            id = message_id{ids_.next(shard_of(sent.conversation))};
        const auto stamp = sent.stamp.value_or(now);
        const auto [from, to] = sent.ends;
        made.entries.push_back(
            {.draft = std::move(sent),
             .id = id,
             .stamp = stamp,
             .from_may_be_bot = by.may_speak_as(bot_id{from.value}),
             .to_may_be_bot = by.bots().contains(bot_id{to.value})}
        );
    }
    return made;
}

std::vector<result<message>> message_service::get(
    std::span<const message_id> ids,
    const read_terms& terms
)
{
    return each_found(messages_.find(ids, terms), ids);
}

}  // namespace botcore
