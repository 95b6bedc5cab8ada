#include "adapters/soci/streams/cluster_notice.hpp"

#include "tests/contract/fixture.hpp"

using namespace botapi::sql;
using botcore::bot_id;
using botcore::conversation_id;
using botcore::stream_id;

namespace {

std::vector<stream_id> streams_from(std::uint64_t first, std::size_t count)
{
    std::vector<stream_id> made;
    for (auto number = first; made.size() < count; ++number) {
        if (number % 2 == 0)
            made.emplace_back(id_of<bot_id>(number));
        else
            made.emplace_back(id_of<conversation_id>(number));
    }
    return made;
}

}  // namespace

TEST_CASE("notice: what was said is understood", "[stream]")
{
    using kind = cluster_notice::kind;
    const auto said = GENERATE(
        cluster_notice{.what = kind::join},
        cluster_notice{.what = kind::heartbeat},
        cluster_notice{},
        cluster_notice{.streams = streams_from(1, 1)},
        cluster_notice{.streams = streams_from(1, cluster_notice::streams_max)}
    );

    CHECK(parse_cluster_notice(to_text(said)) == said);
    CHECK(to_text(said).size() < 8'000);
}

TEST_CASE("notice: what is not understood is that any stream may have grown", "[stream]")
{
    const auto one = to_text({.streams = streams_from(1, 1)});
    const auto text = GENERATE_COPY(
        std::string{},
        std::string{"more"},
        one + "b",
        "x" + one.substr(1),
        one.substr(0, 36) + "x",
        one + std::string(37, 'b')
    );

    CHECK(parse_cluster_notice(text) == cluster_notice{});
}

TEST_CASE("untold streams: each is told once, and from too many on any", "[stream]")
{
    pending_streams untold;
    CHECK(untold.is_empty());
    const auto few = streams_from(1, 3);
    untold.add(few);
    untold.add(few);

    CHECK_FALSE(untold.is_empty());
    CHECK(untold.take().streams.size() == few.size());
    CHECK(untold.is_empty());

    untold.add(streams_from(1, cluster_notice::streams_max));
    untold.add(streams_from(10'000, 1));
    untold.add(few);
    CHECK_FALSE(untold.is_empty());
    CHECK(untold.take() == cluster_notice{});
    CHECK(untold.is_empty());
}
