#include "adapters/soci/streams/cluster_notice.hpp"

#include "tests/contract/fixture.hpp"

using namespace botapi::sql;
using botcore::bot_id;
using botcore::conversation_id;
using botcore::stream_id;

namespace {

std::vector<stream_id> streams_from(std::uint64_t first, std::size_t count)
{
    std::vector<stream_id> streams;
    for (auto number = first; streams.size() < count; ++number) {
        if (number % 2 == 0)
            streams.emplace_back(id_of<bot_id>(number));
        else
            streams.emplace_back(id_of<conversation_id>(number));
    }
    return streams;
}

}  // namespace

TEST_CASE("notice: a parsed notice equals the written one", "[stream]")
{
    using kind = cluster_notice::kind;
    const auto notice = GENERATE(
        cluster_notice{.what = kind::join},
        cluster_notice{.what = kind::heartbeat},
        cluster_notice{},
        cluster_notice{.streams = streams_from(1, 1)},
        cluster_notice{.streams = streams_from(1, cluster_notice::streams_max)}
    );

    CHECK(parse_cluster_notice(to_text(notice)) == notice);
    CHECK(to_text(notice).size() < 8'000);
}

TEST_CASE("notice: a malformed notice means that any stream may have grown", "[stream]")
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

TEST_CASE("pending streams: each is notified once, and too many become any", "[stream]")
{
    pending_streams pending;
    CHECK(pending.is_empty());
    const auto few = streams_from(1, 3);
    pending.add(few);
    pending.add(few);

    CHECK_FALSE(pending.is_empty());
    CHECK(pending.take().streams.size() == few.size());
    CHECK(pending.is_empty());

    pending.add(streams_from(1, cluster_notice::streams_max));
    pending.add(streams_from(10'000, 1));
    pending.add(few);
    CHECK_FALSE(pending.is_empty());
    CHECK(pending.take() == cluster_notice{});
    CHECK(pending.is_empty());
}
