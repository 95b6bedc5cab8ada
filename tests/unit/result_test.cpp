#include "tests/unit/fakes.hpp"

#include <botcore/result.hpp>

#include <memory>
#include <string>

using namespace botcore;

TEST_CASE("result: holds a value or a refusal")
{
    const result<std::string> good = "yes";
    const result<std::string> bad = refuse(errc::not_found, "No.");

    REQUIRE(good);
    CHECK(good.has_value());
    CHECK(*good == "yes");
    CHECK(good->size() == 3);
    REQUIRE_FALSE(bad);
    CHECK(bad.error() == refuse(errc::not_found, "No."));
}

TEST_CASE("result: access to the missing side throws")
{
    const result<int> good = 1;
    const result<int> bad = refuse(errc::internal, "");
    const result<> done;

    CHECK_THROWS_AS(*bad, std::bad_variant_access);
    CHECK_THROWS_AS(good.error(), std::bad_variant_access);
    CHECK_THROWS(done.error());
}

TEST_CASE("result: a value that only moves is moved out")
{
    result<std::unique_ptr<int>> made = std::make_unique<int>(7);

    const auto taken = *std::move(made);

    REQUIRE(taken);
    CHECK(*taken == 7);
}

TEST_CASE("result: a result without a value is success or refusal")
{
    const result<> done;
    const result<> refused = refuse(errc::unavailable, "Later.");

    CHECK(done);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
}
