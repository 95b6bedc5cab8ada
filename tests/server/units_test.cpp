#include "apps/server/units.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace botapi::app;
using namespace std::chrono_literals;

TEST_CASE("units: a size is a number of bytes or of binary units")
{
    CHECK(parse_size("0") == 0U);
    CHECK(parse_size("2000") == 2'000U);
    CHECK(parse_size("7B") == 7U);
    CHECK(parse_size("64KiB") == 65'536U);
    CHECK(parse_size("1MiB") == 1'048'576U);
    CHECK(parse_size("3GiB") == 3'221'225'472U);
}

TEST_CASE("units: other texts are not a size")
{
    const auto* const text = GENERATE(
        "",
        "KiB",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1 KiB",
        "1.5MiB",
        "1KB",
        "1kib",
        "1K",
        "0x10",
        "1e3",
        "many",
        "9007199254740992GiB",
        "99999999999999999999"
    );

    CHECK_FALSE(parse_size(text));
}

TEST_CASE("units: a time is a number with a unit, or of seconds")
{
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("10s") == 10s);
    CHECK(parse_duration("10") == 10s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("24h") == 24h);
}

TEST_CASE("units: other texts are not a time")
{
    const auto* const text =
        GENERATE("", "s", "-1s", "1.5s", "1 s", "1d", "1min", "1S", "9223372036854775807h");

    CHECK_FALSE(parse_duration(text));
}

TEST_CASE("units: a switch is a word or a digit, in any case")
{
    for (const auto* const text : {"yes", "true", "on", "1", "YES", "True", "oN"})
        CHECK(parse_switch(text) == true);
    for (const auto* const text : {"no", "false", "off", "0", "NO", "False", "OFF"})
        CHECK(parse_switch(text) == false);
    for (const auto* const text : {"", "y", "2", "01", "-1", " yes", "yes ", "enable", "truee"})
        CHECK_FALSE(parse_switch(text));
}

TEST_CASE("units: white space around a text is cut, and none within it")
{
    CHECK(trimmed("  a b\t\r\n") == "a b");
    CHECK(trimmed("\n\v\f a") == "a");
    CHECK(trimmed(" \n").empty());
    CHECK(trimmed("").empty());
}

TEST_CASE("units: what is written can be parsed")
{
    const std::uint64_t bytes =
        GENERATE(0U, 1U, 1'023U, 1'024U, 1'536U, 65'536U, 1U << 20U, 1U << 30U);
    CHECK(parse_size(size_text(bytes)) == bytes);

    const auto time = GENERATE(1ms, 999ms, 1'000ms, 1'500ms, 60'000ms, 86'400'000ms);
    CHECK(parse_duration(duration_text(time)) == time);
}

TEST_CASE("units: the largest unit that needs no fraction is written")
{
    CHECK(size_text(1'048'576) == "1MiB");
    CHECK(size_text(8'192) == "8KiB");
    CHECK(size_text(1'000) == "1000");
    CHECK(duration_text(10s) == "10s");
    CHECK(duration_text(1'500ms) == "1500ms");
}
