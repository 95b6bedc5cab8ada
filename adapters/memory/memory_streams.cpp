#include "adapters/memory/memory_messages.hpp"

#include <algorithm>
#include <iterator>
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
    const auto order_of = [&](const message* one) { return order_in(query.stream, *one); };
    const auto is_seen = [&](const message* one) {
        return !is_partial(query) || query.visible.contains(one->way.bot);
    };
    auto next = all.end();
    if (query.after)
        next = std::ranges::upper_bound(all, query.after->order(), {}, order_of);

    position_facts facts{.has_later = std::any_of(next, all.end(), is_seen)};
    const auto last = std::find_if(std::make_reverse_iterator(next), all.rend(), is_seen);
    if (last != all.rend())
        facts.last = position_in(query.stream, **last);
    if (!query.after)
        return make_part(query, facts.last.value_or(stream_start), {});
    const auto confirmed = confirm_position(*query.after, facts);
    if (!confirmed)
        return confirmed.error();

    std::vector<message> found;
    for (; next != all.end() && found.size() <= query.limit; ++next) {
        if (is_seen(*next))
            found.push_back(**next);
    }
    return make_part(query, *confirmed, std::move(found));
}

std::unique_ptr<stream_subscription> memory_messages::listen(listener on_change)
{
    return listeners_.add(std::move(on_change));
}

}  // namespace botcore::memory
