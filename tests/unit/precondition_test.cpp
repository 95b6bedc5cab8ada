#include "tests/unit/fakes.hpp"

#include <botcore/domain/precondition.hpp>

using namespace botcore;

TEST_CASE("precondition: without conditions every version is allowed")
{
    CHECK(precondition{}.holds_for(1));
    CHECK(precondition{}.holds_for(~std::uint64_t{0}));
}

TEST_CASE("precondition: the version must be in `any_of`")
{
    const precondition expected{.any_of = {{1, 3}}};

    CHECK(expected.holds_for(1));
    CHECK_FALSE(expected.holds_for(2));
    CHECK(expected.holds_for(3));
}

TEST_CASE("precondition: an empty `any_of` allows no version")
{
    CHECK_FALSE(precondition{.any_of = std::vector<std::uint64_t>{}}.holds_for(1));
}

TEST_CASE("precondition: the version must not be in `none_of`")
{
    const precondition expected{.none_of = {1, 3}};

    CHECK_FALSE(expected.holds_for(1));
    CHECK(expected.holds_for(2));
    CHECK_FALSE(expected.holds_for(3));
}

TEST_CASE("precondition: both conditions must hold")
{
    const precondition expected{.any_of = {{1, 2}}, .none_of = {2}};

    CHECK(expected.holds_for(1));
    CHECK_FALSE(expected.holds_for(2));
    CHECK_FALSE(expected.holds_for(3));
}
