#include "adapters/http/protocol/memory_budget.hpp"

#include <catch2/catch.hpp>

#include <optional>

using botapi::http::memory_budget;

TEST_CASE("memory_budget: a client has its limit, and all have one together", "[http]")
{
    memory_budget budget{100, 60};
    memory_budget::share one{budget, "a"};
    memory_budget::share same{budget, "a"};
    memory_budget::share other{budget, "b"};

    CHECK(one.resize(40));
    CHECK(same.resize(20));
    CHECK_FALSE(same.resize(21));
    CHECK(other.resize(40));
    CHECK_FALSE(other.resize(41));
    CHECK(one.resize(30));
    CHECK(other.resize(50));
}

TEST_CASE("memory_budget: memory that was given back can be used again", "[http]")
{
    memory_budget budget{10, 10};
    std::optional<memory_budget::share> first{std::in_place, budget, "a"};
    memory_budget::share second{budget, "b"};

    CHECK(first->resize(10));
    CHECK_FALSE(second.resize(1));
    first.reset();
    CHECK(second.resize(10));
    CHECK(second.resize(0));
    memory_budget::share third{budget, "a"};
    CHECK(third.resize(10));
}

TEST_CASE("memory_budget: a share at the limit may shrink, and grow back to the limit", "[http]")
{
    memory_budget budget{10, 10};
    memory_budget::share one{budget, "a"};

    REQUIRE(one.resize(10));
    CHECK_FALSE(one.resize(11));
    CHECK(one.resize(10));
    CHECK(one.resize(9));
    CHECK(one.resize(10));
}
