#include "adapters/soci/streams/sql_streams.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

namespace botapi::sql {

using namespace botcore;

namespace {

bool is_of_bot(const stream_query& query)
{
    return std::holds_alternative<bot_id>(query.stream);
}

}  // namespace

stream_parts sql_streams::read(std::span<const stream_query> queries, const read_terms& terms)
{
    auto parts = read_copy(queries, terms);
    return parts ? *std::move(parts) : read_primary(queries, terms);
}

stream_parts sql_streams::read_primary(stream_queries queries, const read_terms& terms)
{
    stream_parts parts;
    std::vector<stream_id> held_up;
    std::uint64_t appends_ended = 0;
    const read_terms demanded{terms.until, freshness::latest(), terms.report};
    const auto done = runner_.read(demanded, [&](session& db) {
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

/// Nothing if no copy can serve: then the primary has to.
std::optional<stream_parts> sql_streams::read_copy(stream_queries queries, const read_terms& terms)
{
    if (nodes_.copies_of(last_view().position) == copies::none)
        return std::nullopt;
    const auto appends_ended = signals_.appends_ended();
    auto seen = last_view();
    const auto looked = runner_.read_once(terms.until, [&](session& db) {
        seen = reader_->look(db);
    });
    if (looked) {
        keep(seen);
    } else if (seen.position == storage_position{} && std::ranges::any_of(queries, is_of_bot))
        return std::nullopt;  // The horizon was never known. Conversations need none.
    if (!nodes_.wait_for_copy(seen.position, terms.until))
        return std::nullopt;

    stream_parts parts;
    std::vector<stream_id> held_up;
    const read_terms demanded{terms.until, freshness::at_least(seen.position), terms.report};
    const auto done = runner_.read(demanded, [&](session& db) {
        held_up.clear();
        parts = reader_->read_copy(db, queries, seen, held_up);
    });
    if (!done)
        return stream_parts{queries.size(), done.error()};
    if (!held_up.empty())
        signals_.held_up(held_up, appends_ended);
    if (!looked)
        doubt_losses(parts);
    return parts;
}

/// Without a look at the primary, a cursor may stand behind a message that the copy will still get.
void sql_streams::doubt_losses(stream_parts& parts)
{
    for (auto& part : parts) {
        if (!part && part.error().code == errc::cursor_lost) {
            part = refuse(
                errc::unavailable,
                "The database can't be reached, and its copies do not have the cursor's message "
                "yet."
            );
        }
    }
}

stream_view sql_streams::last_view() const
{
    const std::lock_guard lock{mutex_};
    return seen_;
}

void sql_streams::keep(const stream_view& seen)
{
    const std::lock_guard lock{mutex_};
    seen_ = seen;
}

std::unique_ptr<stream_subscription> sql_streams::listen(listener on_change)
{
    return signals_.listen(std::move(on_change));
}

}  // namespace botapi::sql
