#include "tests/unit/fakes.hpp"

#include <botcore/domain/access.hpp>

#include <catch2/catch.hpp>

using namespace botcore;
using namespace botcore::testing;

TEST_CASE("scope: every scope is parsed from its name")
{
    for (const auto& [one, name] : scope_names)
        CHECK(parse_scope(name) == one);
    CHECK_FALSE(parse_scope("bots"));
    CHECK_FALSE(parse_scope("Bots:read"));
    CHECK_FALSE(parse_scope(""));
}

TEST_CASE("scope_set: allows what it contains")
{
    const scope_set reader{scope::bots_read, scope::messages_read};

    CHECK(reader.allows(scope::bots_read));
    CHECK(reader.allows(scope::messages_read));
    CHECK_FALSE(reader.allows(scope::bots_write));
    CHECK_FALSE(reader.allows(scope::admin));
    CHECK_FALSE(scope_set{}.allows(scope::bots_read));
}

TEST_CASE("scope_set: an administrator may do everything")
{
    for (const auto& [one, name] : scope_names)
        CHECK(scope_set{scope::admin}.allows(one));
}

TEST_CASE("scope_set: a set is restored from its bits, and unknown bits are refused")
{
    const scope_set some{scope::bots_write, scope::admin};

    CHECK(scope_set::from_bits(some.bits()) == some);
    CHECK(scope_set::from_bits(0)->empty());
    CHECK_FALSE(scope_set::from_bits(1U << scope_names.size()));
}

TEST_CASE("visible_bots: all bots are visible, or the named ones")
{
    const visible_bots some{{id_of<bot_id>(2), id_of<bot_id>(1), id_of<bot_id>(2)}};

    CHECK(visible_bots{}.is_all());
    CHECK(visible_bots{}.contains(id_of<bot_id>(1)));
    CHECK_FALSE(some.is_all());
    CHECK(some.ids() == std::vector{id_of<bot_id>(1), id_of<bot_id>(2)});
    CHECK(some.contains(id_of<bot_id>(2)));
    CHECK_FALSE(some.contains(id_of<bot_id>(3)));
}
