#include "adapters/soci/streams/sql_streams.hpp"

#include <cstdint>
#include <utility>

namespace botapi::sql {

using namespace botcore;

stream_parts sql_streams::read(std::span<const stream_query> queries, const read_terms& terms)
{
    stream_parts parts;
    std::vector<stream_id> held_up;
    std::uint64_t appends_ended = 0;
    const auto done = runner_.read(terms, [&](session& db) {
        held_up.clear();
        appends_ended = signals_.appends_ended();
        parts = reader_->read(db, queries, held_up);
    });
    if (!done)
        return {queries.size(), done.error()};
    if (!held_up.empty())
        signals_.held_up(held_up, appends_ended);
    return parts;
}

std::unique_ptr<stream_subscription> sql_streams::listen(listener on_change)
{
    return signals_.listen(std::move(on_change));
}

}  // namespace botapi::sql
