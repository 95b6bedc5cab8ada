#include "adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <utility>

namespace botcore::memory {

std::vector<result<stream_part>> memory_messages::read(
    std::span<const stream_query> queries,
    const read_terms& /*terms*/
)
{
    const std::lock_guard lock{mutex_};
    std::vector<result<stream_part>> parts;
    parts.reserve(queries.size());
    for (const auto& query : queries)
        parts.push_back(read(query));
    return parts;
}

result<stream_part> memory_messages::read(const stream_query& query) const
{
    static const stream nothing;
    const auto kept = streams_.find(query.stream);
    const stream& all = kept == streams_.end() ? nothing : kept->second;
    const auto place_of = [&](const message* one) { return position_in(query.stream, *one); };
    const auto is_seen = [&](const message* one) {
        return !is_partial(query) || query.visible.contains(one->way.bot);
    };
    const auto last = std::find_if(all.rbegin(), all.rend(), is_seen);
    const auto end = last == all.rend() ? stream_position{0} : place_of(*last);
    const auto after = query.after.value_or(end);
    if (after > end)
        return place_lost(query.stream);

    std::vector<message> found;
    for (auto next = std::ranges::upper_bound(all, after, {}, place_of);
         next != all.end() && found.size() <= query.limit;
         ++next) {
        if (is_seen(*next))
            found.push_back(**next);
    }
    return make_part(query, after, std::move(found));
}

std::unique_ptr<stream_subscription> memory_messages::listen(listener told)
{
    return listeners_.add(std::move(told));
}

}  // namespace botcore::memory
