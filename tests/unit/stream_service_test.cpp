#include "tests/unit/fakes.hpp"

#include <botcore/app/stream_service.hpp>
#include <botcore/ports/stream_listeners.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace botcore;
using namespace botcore::testing;

namespace {

const bot_id aureo = id_of<bot_id>(1);
const bot_id bela = id_of<bot_id>(2);
const conversation_id talk = id_of<conversation_id>(21);

/// Answers each query with its own position.
class echoing_store final : public stream_store {
public:
    std::vector<result<stream_part>> read(
        std::span<const stream_query> queries,
        const read_terms& /*terms*/
    ) override
    {
        query_count += queries.size();
        std::vector<result<stream_part>> parts;
        for (const auto& query : queries)
            parts.emplace_back(
                stream_part{.reached = query.after.value_or(stream_start), .is_end = false}
            );
        return parts;
    }

    std::unique_ptr<stream_subscription> listen(listener on_change) override
    {
        return listeners.add(std::move(on_change));
    }

    std::size_t query_count = 0;
    stream_listeners listeners{};
};

}  // namespace

TEST_CASE("stream_service: the stream of a hidden bot is empty")
{
    echoing_store store;
    stream_service streams{store};
    const visible_bots aureo_alone{{aureo}};
    const std::vector<stream_query> queries{
        {.stream = bela, .after = stream_position::unchecked(7), .visible = aureo_alone},
        {.stream = aureo, .after = stream_position::unchecked(8), .visible = aureo_alone},
        {.stream = bela, .visible = aureo_alone},
        {.stream = talk, .after = stream_position::unchecked(9), .visible = aureo_alone}};

    const auto found = streams.read(queries, soon);

    REQUIRE(found.size() == 4);
    CHECK(*found[0] == stream_part{.reached = stream_position::unchecked(7), .is_end = true});
    CHECK(*found[1] == stream_part{.reached = stream_position::unchecked(8), .is_end = false});
    CHECK(*found[2] == stream_part{});
    CHECK(*found[3] == stream_part{.reached = stream_position::unchecked(9), .is_end = false});
    CHECK(store.query_count == 2);
}

TEST_CASE("stream_service: visible streams are read in one call")
{
    echoing_store store;
    stream_service streams{store};
    const std::vector<stream_query> queries{
        {.stream = bela, .after = stream_position::unchecked(7)},
        {.stream = talk}};

    CHECK(streams.read(queries, soon).size() == 2);
    CHECK(store.query_count == 2);
}

TEST_CASE("stream_listeners: each listener is called until its subscription ends")
{
    stream_listeners listeners;
    std::vector<stream_id> first;
    std::size_t second = 0;
    auto one = listeners.add([&](std::span<const stream_id> grown) {
        first.assign(grown.begin(), grown.end());
    });
    const auto other = listeners.add([&](std::span<const stream_id> /*grown*/) { ++second; });
    const std::vector<stream_id> grown{talk, aureo};

    listeners.notify(grown);
    CHECK(first == grown);
    CHECK(second == 1);

    one.reset();
    listeners.notify({});
    CHECK(first == grown);
    CHECK(second == 2);
}
