#include <botcore/app/stream_service.hpp>

#include <algorithm>
#include <iterator>

namespace botcore {

namespace {

bool is_hidden(const stream_query& query)
{
    const auto* const bot = std::get_if<bot_id>(&query.stream);
    return bot != nullptr && !query.visible.contains(*bot);
}

}  // namespace

std::vector<result<stream_part>> stream_service::read(
    std::span<const stream_query> queries,
    const read_terms& terms
)
{
    if (std::ranges::none_of(queries, is_hidden))
        return streams_.read(queries, terms);

    std::vector<stream_query> visible;
    std::ranges::remove_copy_if(queries, std::back_inserter(visible), is_hidden);
    auto found = streams_.read(visible, terms);
    std::vector<result<stream_part>> answers;
    answers.reserve(queries.size());
    auto next = found.begin();
    for (const auto& query : queries) {
        if (is_hidden(query))
            answers.emplace_back(stream_part{.reached = query.after.value_or(stream_start)});
        else
            answers.push_back(std::move(*next++));
    }
    return answers;
}

}  // namespace botcore
