#include "each_found.hpp"

#include <botcore/app/message_service.hpp>

#include <utility>

namespace botcore {

submission message_service::prepare(
    std::vector<draft> drafts,
    const std::optional<idempotency_key>& key,
    const visible_bots& visible
)
{
    const auto now = timestamp::from_clock(clock_.now());

    submission made;
    if (key)
        made.receipt = receipt_for(*key, drafts, visible);
    made.entries.reserve(drafts.size());
    for (std::size_t at = 0; at < drafts.size(); ++at) {
        draft& content = drafts[at];
        message_id id;
        if (content.id)
            id = *content.id;
        else if (made.receipt)
            id = message_id_for(*made.receipt, at, content.conversation);
        else
            id = message_id{ids_.next(shard_of(content.conversation))};
        const auto stamp = content.stamp.value_or(now);
        const auto [from, to] = content.ends;
        made.entries.push_back(
            {.content = std::move(content),
             .id = id,
             .stamp = stamp,
             .from_may_be_bot = visible.contains(bot_id{from.value}),
             .to_may_be_bot = visible.contains(bot_id{to.value})}
        );
    }
    return made;
}

std::vector<result<message>> message_service::get(std::span<const message_id> ids, deadline until)
{
    return each_found(messages_.find(ids, until), ids);
}

}  // namespace botcore
