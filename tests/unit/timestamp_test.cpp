#include "tests/unit/fakes.hpp"

#include <botcore/domain/timestamp.hpp>

#include <string>

using namespace botcore;
using namespace botcore::testing;

namespace {

void check_kept(std::string_view text)
{
    INFO(text);
    const auto stamp = timestamp::parse(text);
    REQUIRE(stamp);
    CHECK(stamp->text() == text);
    const auto again = timestamp::from_parts(stamp->at(), stamp->form());
    REQUIRE(again);
    CHECK(*again == *stamp);
}

void check_refused(std::string_view text)
{
    INFO(text);
    const auto stamp = timestamp::parse(text);
    REQUIRE_FALSE(stamp);
    CHECK(stamp.error().code == errc::invalid_argument);
    CHECK_FALSE(stamp.error().detail.empty());
}

instant at(std::int64_t nanoseconds)
{
    return instant{std::chrono::nanoseconds{nanoseconds}};
}

std::string two(int number)
{
    return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

TEST_CASE("timestamp: the statement's example comes back byte for byte")
{
    check_kept("2018-11-16T23:30:52.6917722Z");

    CHECK(stamp_of("2018-11-16T23:30:52.6917722Z").at() == at(1'542'411'052'691'772'200));
}

TEST_CASE("timestamp: every form of RFC 3339 comes back byte for byte")
{
    check_kept(GENERATE(
        "1970-01-01T00:00:00Z",
        "1970-01-01t00:00:00z",
        "1970-01-01T00:00:00z",
        "1970-01-01t00:00:00Z",
        "1970-01-01T00:00:00+00:00",
        "1970-01-01T00:00:00-00:00",
        "1970-01-01T00:00:00.0Z",
        "1970-01-01T00:00:00.000000000Z",
        "1969-12-31T23:59:59.999999999Z",
        "1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00",
        "1937-01-01T12:00:27.87+00:20",
        "2000-02-29T00:00:00Z",
        "2024-02-29T23:59:59+23:59",
        "2024-02-29T23:59:59-23:59"
    ));
}

TEST_CASE("timestamp: 0 to 9 fractional digits are kept, zeros at the end included")
{
    const std::string digits = "120450780";
    for (std::size_t count = 1; count <= digits.size(); ++count)
        check_kept("2018-11-16T23:30:52." + digits.substr(0, count) + "Z");
    for (std::size_t count = 1; count <= 9; ++count)
        check_kept("2018-11-16T23:30:52." + std::string(count, '0') + "-03:00");
    check_kept("2018-11-16T23:30:52Z");

    CHECK(stamp_of("1970-01-01T00:00:00.1Z").at() == at(100'000'000));
    CHECK(stamp_of("1970-01-01T00:00:00.000000001Z").at() == at(1));
    CHECK(stamp_of("1970-01-01T00:00:00.10Z") != stamp_of("1970-01-01T00:00:00.1Z"));
}

TEST_CASE("timestamp: every offset is kept and counted")
{
    for (int hour = 0; hour <= 23; ++hour) {
        for (int minute = 0; minute <= 59; ++minute) {
            const std::string zone = two(hour) + ":" + two(minute);
            const auto east = stamp_of("2018-11-16T12:00:00+" + zone);
            const auto west = stamp_of("2018-11-16t12:00:00.5-" + zone);
            const std::chrono::minutes offset{hour * 60 + minute};
            const auto noon = stamp_of("2018-11-16T12:00:00Z").at();
            const bool right = east.text() == "2018-11-16T12:00:00+" + zone &&
                               west.text() == "2018-11-16t12:00:00.5-" + zone &&
                               east.at() == noon - offset &&
                               west.at() == noon + offset + std::chrono::milliseconds{500};
            if (!right)
                FAIL("wrong for the offset " << zone);
        }
    }
}

TEST_CASE("timestamp: text that is not an RFC 3339 date-time is refused")
{
    check_refused(GENERATE(
        "",
        "2018-11-16",
        "2018-11-16T23:30:52",
        "2018-11-16T23:30Z",
        "2018-11-16T23Z",
        "2018-11-16 23:30:52Z",
        "2018-11-16T23:30:52.Z",
        "2018-11-16T23:30:52,5Z",
        "2018-11-16T23:30:52.1234567890Z",
        "2018-11-16T23:30:52.0000000000Z",
        "2018-11-16T23:30:52.5",
        "2018-11-16T23:30:52ZZ",
        "2018-11-16T23:30:52Z ",
        " 2018-11-16T23:30:52Z",
        "2018-11-16T23:30:52 Z",
        "2018-11-16T23:30:52+0300",
        "2018-11-16T23:30:52+03",
        "2018-11-16T23:30:52+3:00",
        "2018-11-16T23:30:52+03:0",
        "2018-11-16T23:30:52+03:000",
        "2018-11-16T23:30:52+24:00",
        "2018-11-16T23:30:52-24:00",
        "2018-11-16T23:30:52+00:60",
        "2018-11-16T23:30:52+-3:00",
        "2018-11-16T23:30:52\xe2\x88\x92"
        "03:00"
    ));
    check_refused(GENERATE(
        "20181116T233052Z",
        "2018-320T23:30:52Z",
        "2018-W46-5T23:30:52Z",
        "+2018-11-16T23:30:52Z",
        "-2018-11-16T23:30:52Z",
        "12018-11-16T23:30:52Z",
        "218-11-16T23:30:52Z",
        "2018-1-16T23:30:52Z",
        "2018-11-6T23:30:52Z",
        "2018-11-16T3:30:52Z",
        "2018-11-16T23:3:52Z",
        "2018-11-16T23:30:2Z",
        "2018/11/16T23:30:52Z",
        "2018-11-16T23-30-52Z",
        "2018-11-16X23:30:52Z",
        "2018-11-16T24:00:00Z",
        "2018-11-16T23:60:00Z",
        "2018-11-16T23:59:61Z",
        "2018-11-16T23:30:52UTC",
        "2018-11-16T23:30:52Zulu",
        "1542411052",
        "now",
        "2018-11-16T23:30:-2Z",
        "2018-11-16T23:30:5aZ",
        "\xef\xbc\x92"
        "018-11-16T23:30:52Z"
    ));
    check_refused(std::string_view{"2018-11-16T23:30:52Z\0", 21});
    check_refused(std::string_view{"2018-11-16T23:30:52\0Z", 21});
    check_refused(std::string_view{
        "2018-11-16\0"
        "23:30:52Z",
        20});
}

TEST_CASE("timestamp: every prefix of a timestamp is refused")
{
    const std::string whole = "2018-11-16T23:30:52.6917722+03:00";
    for (std::size_t size = 0; size < whole.size(); ++size)
        check_refused(whole.substr(0, size));
    check_kept(whole);
}

TEST_CASE("timestamp: each month has its days")
{
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 1; month <= 12; ++month) {
        const int length = lengths[month - 1];
        check_refused("2018-" + two(month) + "-00T00:00:00Z");
        check_kept("2018-" + two(month) + "-01T00:00:00Z");
        check_kept("2018-" + two(month) + "-" + two(length) + "T00:00:00Z");
        check_refused("2018-" + two(month) + "-" + two(length + 1) + "T00:00:00Z");
    }
    check_refused("2018-00-01T00:00:00Z");
    check_refused("2018-13-01T00:00:00Z");
}

TEST_CASE("timestamp: leap days are those of the Gregorian calendar")
{
    check_kept(GENERATE("2000-02-29T00:00:00Z", "2016-02-29T00:00:00Z", "1680-02-29T00:00:00Z"));
    check_refused(GENERATE(
        "1700-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2018-02-29T00:00:00Z",
        "2000-02-30T00:00:00Z"
    ));
}

TEST_CASE("timestamp: a leap second is allowed at the end of June or December, in UTC")
{
    check_kept(GENERATE(
        "2016-12-31T23:59:60Z",
        "2016-12-31t23:59:60.123456789z",
        "2015-06-30T23:59:60.5-00:00",
        "2017-01-01T00:59:60+01:00",
        "2016-12-31T15:59:60-08:00",
        "2017-01-01T05:29:60.999999999+05:30",
        "2017-01-01T05:44:60+05:45",
        "2016-12-31T00:14:60-23:45",
        "2017-01-01T23:44:60+23:45",
        "1700-12-31T23:59:60Z"
    ));
    check_refused(GENERATE(
        "2016-12-31T23:59:60+01:00",
        "2016-12-31T22:59:60Z",
        "2016-12-31T23:58:60Z",
        "2016-12-30T23:59:60Z",
        "2016-03-31T23:59:60Z",
        "2016-09-30T23:59:60Z",
        "2016-06-29T23:59:60Z",
        "2016-05-31T23:59:60Z",
        "2017-01-01T00:00:60Z",
        "2017-01-01T00:00:60+00:01",
        "2017-01-01T00:01:60+00:02",
        "2017-01-01T23:58:60+23:59",
        "2016-12-31T23:59:61Z"
    ));
}

TEST_CASE("timestamp: the instant of a leap second is that of the second that follows")
{
    const auto leap = stamp_of("2016-12-31T23:59:60.25Z");
    const auto next = stamp_of("2017-01-01T00:00:00.25Z");

    CHECK(leap.at() == next.at());
    CHECK(leap != next);
    CHECK_FALSE(leap < next);
    CHECK_FALSE(next < leap);
}

TEST_CASE("timestamp: the limits of the range are valid, one step further is not")
{
    check_kept("1678-01-01T00:00:00Z");
    check_kept("1678-01-01T00:00:00.000000000Z");
    check_kept("1677-12-31T23:59:00-00:01");
    check_kept("1678-01-01T23:59:00+23:59");
    check_kept("2262-04-11T23:47:16.854775807Z");
    check_kept("2262-04-11T23:47:16Z");
    check_kept("2262-04-12T23:46:16.854775807+23:59");

    check_refused("1677-12-31T23:59:59.999999999Z");
    check_refused("1677-12-31T23:59:59Z");
    check_refused("1678-01-01T00:00:59+00:01");
    check_refused("2262-04-11T23:47:16.854775808Z");
    check_refused("2262-04-11T23:47:16.8547759Z");
    check_refused("2262-04-11T23:47:17Z");
    check_refused("2262-04-11T23:46:17-00:01");
    check_refused("0000-01-01T00:00:00Z");
    check_refused("0001-01-01T00:00:00+23:59");
    check_refused("9999-12-31T23:59:59-23:59");
    check_refused("9999-12-31T23:59:60Z");

    CHECK(stamp_of("1678-01-01T00:00:00Z").at() == instant_min);
    CHECK(stamp_of("2262-04-11T23:47:16.854775807Z").at() == instant_max);
}

TEST_CASE("timestamp: the server's clock is written with 7 digits and Z")
{
    CHECK(timestamp::from_clock(at(0)).text() == "1970-01-01T00:00:00.0000000Z");
    CHECK(timestamp::from_clock(at(199)).text() == "1970-01-01T00:00:00.0000001Z");
    CHECK(timestamp::from_clock(at(-1)).text() == "1969-12-31T23:59:59.9999999Z");
    CHECK(timestamp::from_clock(instant_max).text() == "2262-04-11T23:47:16.8547758Z");
    CHECK(timestamp::from_clock(instant_min).text() == "1678-01-01T00:00:00.0000000Z");
}

TEST_CASE("timestamp: a timestamp from the clock is parsed back from its text")
{
    const auto stamp = timestamp::from_clock(at(1'542'411'052'691'772'299));

    CHECK(stamp == stamp_of("2018-11-16T23:30:52.6917722Z"));
    CHECK(timestamp::from_parts(stamp.at(), stamp.form()) == stamp);
}
