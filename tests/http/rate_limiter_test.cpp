#include "adapters/http/access/rate_limiter.hpp"

#include <catch2/catch.hpp>

#include <string>

using botapi::http::rate_limiter;
using namespace std::chrono_literals;

namespace {

const rate_limiter::clock::time_point start{};

}  // namespace

TEST_CASE("rate_limiter: lets a burst through, then no more than its rate", "[http]")
{
    rate_limiter limited{{.rate = 2, .burst = 3}};

    for (const std::uint64_t left : {2U, 1U, 0U}) {
        const auto verdict = limited.take("a", start);
        CHECK(verdict.is_allowed);
        CHECK(verdict.left == left);
    }
    const auto refused = limited.take("a", start);
    CHECK_FALSE(refused.is_allowed);
    CHECK(refused.reset == 1s);

    CHECK(limited.take("a", start + 500ms).is_allowed);
    CHECK_FALSE(limited.take("a", start + 900ms).is_allowed);
    CHECK(limited.take("a", start + 1s).is_allowed);
}

TEST_CASE("rate_limiter: each subject has its own bucket", "[http]")
{
    rate_limiter limited{{.rate = 1, .burst = 1}};

    CHECK(limited.take("a", start).is_allowed);
    CHECK_FALSE(limited.take("a", start).is_allowed);
    CHECK(limited.take("b", start).is_allowed);
}

TEST_CASE("rate_limiter: reading the state takes no token", "[http]")
{
    rate_limiter limited{{.rate = 1, .burst = 1}};

    CHECK(limited.look("a", start).is_allowed);
    CHECK(limited.take("a", start).is_allowed);
    CHECK_FALSE(limited.look("a", start).is_allowed);
    CHECK(limited.look("a", start + 1s).is_allowed);
}

TEST_CASE("rate_limiter: without a rate, everything is allowed", "[http]")
{
    rate_limiter unlimited{{}};

    for (int count = 0; count < 1'000; ++count)
        CHECK(unlimited.take("a", start).is_allowed);
}

TEST_CASE("rate_limiter: a subject whose bucket is full again is forgotten", "[http]")
{
    rate_limiter limited{{.rate = 1, .burst = 1}};
    for (std::size_t one = 0; one < rate_limiter::subjects_max; ++one)
        CHECK(limited.take(std::to_string(one), start).is_allowed);

    CHECK(limited.take("another", start + 10s).is_allowed);
    CHECK_FALSE(limited.take("another", start + 10s).is_allowed);
}

TEST_CASE(
    "rate_limiter: if no bucket is full, all are forgotten rather than one more kept",
    "[http]"
)
{
    rate_limiter limited{{.rate = 1, .burst = 1}};
    for (std::size_t one = 0; one < rate_limiter::subjects_max; ++one)
        CHECK(limited.take(std::to_string(one), start).is_allowed);
    CHECK_FALSE(limited.take("0", start).is_allowed);

    CHECK(limited.take("another", start).is_allowed);

    CHECK(limited.take("0", start).is_allowed);
    CHECK_FALSE(limited.take("another", start).is_allowed);
}

TEST_CASE("rate_limiter: of full buckets only those are forgotten that are full", "[http]")
{
    rate_limiter limited{{.rate = 1, .burst = 2}};
    for (std::size_t one = 1; one < rate_limiter::subjects_max; ++one)
        limited.take(std::to_string(one), start);
    limited.take("busy", start + 1s);
    limited.take("busy", start + 1s);

    limited.take("another", start + 1s);

    CHECK_FALSE(limited.look("busy", start + 1s).is_allowed);
}

TEST_CASE(
    "rate_limiter: a bucket is empty below one token, and says when it has one more",
    "[http]"
)
{
    rate_limiter limited{{.rate = 0.5, .burst = 2}};

    CHECK(limited.take("a", start).reset == 2s);
    CHECK(limited.take("a", start).left == 0);
    const auto half = limited.look("a", start + 1s);
    CHECK_FALSE(half.is_allowed);
    CHECK(half.left == 0);
    CHECK(half.reset == 1s);
    const auto whole = limited.look("a", start + 2s);
    CHECK(whole.is_allowed);
    CHECK(whole.left == 1);
    CHECK(limited.look("a", start + 1h).left == 2);
}
