#include "tests/unit/fakes.hpp"

#include <botcore/domain/id.hpp>

#include <type_traits>
#include <unordered_set>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

TEST_CASE("id: one kind of id never converts to another")
{
    STATIC_REQUIRE_FALSE(std::is_convertible_v<bot_id, client_id>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<bot_id, participant_id>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<message_id, conversation_id>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<uuid, bot_id>);
}

TEST_CASE("id: an id compares, prints and hashes as its value")
{
    CHECK(id_of<bot_id>(1) < id_of<bot_id>(2));
    CHECK(id_of<bot_id>(1) == id_of<bot_id>(1));
    CHECK(id_of<bot_id>(255).text() == "00000000-0000-0000-0000-0000000000ff");
    CHECK(std::hash<bot_id>{}(id_of<bot_id>(7)) == std::hash<uuid>{}(uuid_of(7)));
}

TEST_CASE("shard_of: is FNV-1a over the bytes, folded to 16 bits")
{
    // By an independent implementation: sum = (sum ^ byte) * 16777619, then (sum >> 16) ^ sum.
    const auto shard = [](std::string_view text) {
        return shard_of(conversation_id{*uuid::parse(text)});
    };

    CHECK(shard("00000000-0000-0000-0000-000000000000") == 0x706c);
    CHECK(shard("7665ada8-3448-4acd-a1b7-d688e68fe9a1") == 0x1266);
    CHECK(shard("ffffffff-ffff-ffff-ffff-ffffffffffff") == 0x4ff2);
}

TEST_CASE("shard_of: sequential ids spread over the shards")
{
    std::unordered_set<shard_number> shards;
    std::vector<int> sixteenths(16);
    for (std::uint64_t number = 0; number < 16'000; ++number) {
        const auto shard = shard_of(id_of<conversation_id>(number));
        shards.insert(shard);
        ++sixteenths[shard >> 12U];
    }

    CHECK(shards.size() > 12'000);
    for (const int count : sixteenths) {
        CHECK(count > 500);
        CHECK(count < 1'500);
    }
}
