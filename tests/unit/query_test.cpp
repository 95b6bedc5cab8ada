#include "tests/unit/fakes.hpp"

#include <botcore/domain/query.hpp>

#include <set>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

TEST_CASE("scope_of: each part of a message filter, and the order, change the scope")
{
    const auto at = [](int number) { return instant{std::chrono::nanoseconds{number}}; };
    const std::vector<message_filter> filters{
        {},
        {.conversation = id_of<conversation_id>(1)},
        {.conversation = id_of<conversation_id>(2)},
        {.conversation = conversation_id{}},
        {.bot = id_of<bot_id>(1)},
        {.client = id_of<client_id>(1)},
        {.from = id_of<participant_id>(1)},
        {.to = id_of<participant_id>(1)},
        {.since = at(0)},
        {.since = at(1)},
        {.until = at(0)},
        {.until = at(1)},
        {.since = at(0), .until = at(1)},
        {.since = at(1), .until = at(0)},
        {.way = direction::inbound},
        {.way = direction::outbound},
        {.bot = id_of<bot_id>(1), .client = id_of<client_id>(2)},
        {.bot = id_of<bot_id>(2), .client = id_of<client_id>(1)},
    };

    std::set<std::uint32_t> scopes{scope_of_bots};
    for (const auto& filter : filters) {
        scopes.insert(scope_of(filter, sort_order::ascending));
        scopes.insert(scope_of(filter, sort_order::descending));
    }

    CHECK(scopes.size() == 2 * filters.size() + 1);
}

TEST_CASE("scope_of: each part of a conversation filter changes the scope")
{
    const std::set<std::uint32_t> scopes{
        scope_of_bots,
        scope_of(conversation_filter{}),
        scope_of(conversation_filter{.bot = id_of<bot_id>(1)}),
        scope_of(conversation_filter{.bot = id_of<bot_id>(2)}),
        scope_of(conversation_filter{.client = id_of<client_id>(1)}),
        scope_of({.bot = id_of<bot_id>(1), .client = id_of<client_id>(2)}),
        scope_of(message_filter{.bot = id_of<bot_id>(1)}, sort_order::ascending),
    };

    CHECK(scopes.size() == 7);
}

TEST_CASE("scope_of: equal filters have equal scopes")
{
    const message_filter filter{.conversation = id_of<conversation_id>(1)};
    const message_filter same = filter;

    CHECK(scope_of(filter, sort_order::ascending) == scope_of(same, sort_order::ascending));
}

TEST_CASE("key_in: equal instants are ordered by seq within a conversation, else by arrival")
{
    const auto stored = sample{}.stored(3, 70);

    CHECK(
        key_in({.conversation = stored.conversation}, stored) == message_key{stored.stamp.at(), 3}
    );
    CHECK(key_in({.bot = stored.way.bot}, stored) == message_key{stored.stamp.at(), 70});
}

TEST_CASE("may_scan: only a filter beside the one that orders the list skips messages")
{
    const auto conversation = id_of<conversation_id>(1);
    const auto bot = id_of<bot_id>(1);
    const auto client = id_of<client_id>(1);
    const auto end = id_of<participant_id>(1);

    CHECK_FALSE(may_scan({.conversation = conversation}));
    CHECK_FALSE(may_scan({.bot = bot, .since = instant{}, .until = instant{}}));
    CHECK_FALSE(may_scan({.client = client}));
    CHECK(may_scan({.conversation = conversation, .bot = bot}));
    CHECK(may_scan({.conversation = conversation, .client = client}));
    CHECK(may_scan({.bot = bot, .client = client}));
    CHECK(may_scan({.conversation = conversation, .from = end}));
    CHECK(may_scan({.bot = bot, .to = end}));
    CHECK(may_scan({.client = client, .way = direction::outbound}));
}
