#include "tests/unit/fakes.hpp"

#include <botcore/domain/timestamp.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

class random_text {
public:
    /// A timestamp between 1680 and 2260, in any form.
    std::string operator()()
    {
        std::string text = fixed(4, pick(1680, 2260));
        text += "-" + fixed(2, pick(1, 12)) + "-" + fixed(2, pick(1, 28));
        text += pick(0, 1) == 0 ? 'T' : 't';
        text += fixed(2, pick(0, 23)) + ":" + fixed(2, pick(0, 59)) + ":" + fixed(2, pick(0, 59));
        if (const int digits = pick(0, 9); digits > 0) {
            text += '.';
            for (int at = 0; at < digits; ++at)
                text += static_cast<char>('0' + pick(0, 9));
        }
        switch (pick(0, 4)) {
            case 0: return text + 'Z';
            case 1: return text + 'z';
            default: break;
        }
        text += pick(0, 1) == 0 ? '+' : '-';
        return text + fixed(2, pick(0, 23)) + ":" + fixed(2, pick(0, 59));
    }

    int pick(int low, int high) { return std::uniform_int_distribution{low, high}(random_); }

private:
    static std::string fixed(std::size_t width, int number)
    {
        const std::string digits = std::to_string(number);
        return std::string(width - digits.size(), '0') + digits;
    }

    std::mt19937 random_{3339};  // NOLINT: the same numbers in every run.
};

}  // namespace

TEST_CASE("timestamp: any text that parses comes back byte for byte, also from its parts")
{
    random_text random;
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = random();
        const auto stamp = timestamp::parse(text);
        if (!stamp)
            FAIL("refused " << text << ": " << stamp.error().detail);
        const auto again = timestamp::from_parts(stamp->at(), stamp->form());
        if (stamp->text() != text || again != *stamp || again->text() != text)
            FAIL("changed " << text << " to " << stamp->text());
    }
}

TEST_CASE("timestamp: a text with one wrong byte is refused, or comes back byte for byte")
{
    random_text random;
    for (int round = 0; round < 50'000; ++round) {
        std::string text = random();
        const auto index =
            static_cast<std::size_t>(random.pick(0, static_cast<int>(text.size()) - 1));
        text[index] = static_cast<char>(random.pick(0, 255));
        const auto stamp = timestamp::parse(text);
        if (stamp && stamp->text() != text)
            FAIL("changed " << text << " to " << stamp->text());
    }
}

TEST_CASE("timestamp: timestamps in UTC sort like their texts")
{
    random_text random;
    std::vector<std::string> texts;
    for (int round = 0; round < 2'000; ++round) {
        std::string text = random().substr(0, 19);
        text[10] = 'T';
        texts.push_back(text + "Z");
    }
    std::ranges::sort(texts);

    const auto is_before = [](const std::string& left, const std::string& right) {
        return stamp_of(left) < stamp_of(right);
    };
    CHECK(std::ranges::is_sorted(texts, is_before));
}

TEST_CASE("timestamp: the instant decides the order, and the form the equality")
{
    const auto here = stamp_of("2018-11-16T20:30:52-03:00");
    const auto there = stamp_of("2018-11-16T23:30:52Z");
    const auto later = stamp_of("2018-11-16T20:30:52.000000001-03:00");

    CHECK_FALSE(here < there);
    CHECK_FALSE(there < here);
    CHECK(here != there);
    CHECK(there < later);
}

TEST_CASE("timestamp: every number is the form of some text that parses back, or of none")
{
    // The first is the instant of leap seconds, the second of other whole seconds, and both can
    // be written with any number of digits.
    const auto leap_instant = stamp_of("2017-01-01T00:00:00Z").at();
    const auto plain_instant = stamp_of("2018-11-16T23:30:52Z").at();

    std::set<std::string> texts;
    int forms = 0;
    for (int number = 0; number <= 0xffff; ++number) {
        const auto form = static_cast<std::uint16_t>(number);
        const auto leap = timestamp::from_parts(leap_instant, form);
        const auto plain = timestamp::from_parts(plain_instant, form);
        if (plain && !leap)
            FAIL("the form " << number << " depends on the second");
        if (!leap)
            continue;
        ++forms;
        const auto again = timestamp::parse(leap->text());
        if (!again || *again != *leap || !texts.insert(leap->text()).second)
            FAIL("the form " << number << " printed " << leap->text());
        const bool is_leap = leap->text().substr(17, 2) == "60";
        if (is_leap == plain.has_value())
            FAIL("a leap second where there is none: form " << number);
    }

    // 10 counts of digits, two cases of the T, 3 named zones and every offset; for leap seconds
    // the offsets of whole quarters.
    CHECK(forms == 10 * 2 * (3 + 2 * 1439 + 1) + 10 * 2 * (3 + 2 * 95 + 1));
}

TEST_CASE("timestamp: parts that no text can have are refused")
{
    const auto whole = stamp_of("2018-11-16T23:30:52Z");
    const auto milli = stamp_of("2018-11-16T23:30:52.500Z");
    const auto leap = stamp_of("2016-12-31T23:59:60Z");
    using std::chrono::nanoseconds;

    CHECK_FALSE(timestamp::from_parts(whole.at() + nanoseconds{1}, whole.form()));
    CHECK_FALSE(timestamp::from_parts(milli.at() + nanoseconds{1}, milli.form()));
    CHECK_FALSE(timestamp::from_parts(milli.at() - nanoseconds{1}, milli.form()));
    CHECK_FALSE(timestamp::from_parts(whole.at(), leap.form()));
    CHECK_FALSE(timestamp::from_parts(instant_min - std::chrono::seconds{1}, whole.form()));
    CHECK_FALSE(timestamp::from_parts(instant::min(), whole.form()));
    CHECK_FALSE(timestamp::from_parts(whole.at(), 0xffff));
    CHECK(timestamp::from_parts(milli.at(), milli.form()));
    CHECK(timestamp::from_parts(leap.at(), leap.form()) == leap);
}
