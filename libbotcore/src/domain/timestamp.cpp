#include "text_reader.hpp"
#include "written_form.hpp"

#include <botcore/domain/timestamp.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace botcore {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr int digits_max = 9;
constexpr std::array<std::int64_t, 10> power_of_ten{
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000};

error faulty(std::string_view why)
{
    return refuse(errc::invalid_argument, std::string{why});
}

constexpr std::string_view shape =
    "must be an RFC 3339 date-time with a zone and at most 9 fractional digits, as in "
    "2018-11-16T23:30:52.6917722Z.";

bool ends_in_leap_second(sys_seconds last_second) noexcept
{
    const auto day = std::chrono::floor<days>(last_second);
    const std::chrono::year_month_day date{day};
    const bool half_year = date.month() == std::chrono::June ||
                           date.month() == std::chrono::December;
    const bool last_day = std::chrono::year_month_day{day + days{1}}.day() == std::chrono::day{1};
    return half_year && last_day && last_second - day == days{1} - seconds{1};
}

/// Reads `.` and its digits, and answers their value in nanoseconds.
nanoseconds read_fraction(text_reader& text, written_form& form) noexcept
{
    if (!text.sees('.'))
        return {};
    text.any_of(".");
    const std::size_t count = text.digits_ahead();
    if (count == 0 || count > digits_max) {
        text.fail();
        return {};
    }
    form.digits = static_cast<int>(count);
    return nanoseconds{text.number(count) * power_of_ten[digits_max - count]};
}

void read_zone(text_reader& text, written_form& form) noexcept
{
    const char sign = text.any_of("Zz+-");
    if (sign == 'Z' || sign == 'z' || sign == '\0') {
        form.zone = sign == 'z' ? zone_form::lower_z : zone_form::upper_z;
        return;
    }
    const int hour = text.number(2);
    text.any_of(":");
    const int minute = text.number(2);
    if (hour > 23 || minute > 59)
        text.fail();
    if (text.failed())
        return;
    const minutes east{(hour * 60 + minute) * (sign == '-' ? -1 : 1)};
    form.zone = sign == '-' && east.count() == 0 ? zone_form::minus_zero : zone_form::numeric;
    form.offset = east;
}

/// Appends the last `width` digits of a number that is not negative.
void append_number(std::string& text, std::int64_t number, std::size_t width)
{
    text.append(width, '0');
    for (auto digit = text.rbegin(); width > 0; --width, ++digit, number /= 10)
        *digit = static_cast<char>('0' + number % 10);
}

void append_zone(std::string& text, const written_form& form)
{
    switch (form.zone) {
        case zone_form::upper_z: text += 'Z'; return;
        case zone_form::lower_z: text += 'z'; return;
        case zone_form::minus_zero: text += "-00:00"; return;
        case zone_form::numeric: break;
    }
    const auto east = form.offset.count();
    text += east < 0 ? '-' : '+';
    append_number(text, std::abs(east) / 60, 2);
    text += ':';
    append_number(text, std::abs(east) % 60, 2);
}

}  // namespace

result<timestamp> timestamp::parse(std::string_view text)
{
    text_reader rest{text};
    written_form form;

    const int year = rest.number(4);
    rest.any_of("-");
    const int month = rest.number(2);
    rest.any_of("-");
    const int day = rest.number(2);
    form.lower_t = rest.any_of("Tt") == 't';
    const int hour = rest.number(2);
    rest.any_of(":");
    const int minute = rest.number(2);
    rest.any_of(":");
    const int second = rest.number(2);
    const nanoseconds fraction = read_fraction(rest, form);
    read_zone(rest, form);
    if (rest.failed() || !rest.at_end())
        return faulty(shape);

    const std::chrono::year_month_day date{
        std::chrono::year{year},
        std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok())
        return faulty("must name a day that exists.");
    if (hour > 23 || minute > 59 || second > 60)
        return faulty("must name a time of day from 00:00:00 to 23:59:59.");

    form.leap = second == 60;
    sys_seconds whole = sys_seconds{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
                        minutes{minute} + seconds{form.leap ? 59 : second} - form.offset;
    if (form.leap && (!ends_in_leap_second(whole) || !form.is_packable())) {
        return faulty(
            "may have a leap second only at 23:59:60 UTC on June 30 or December 31, under an "
            "offset of whole quarters of an hour."
        );
    }
    if (form.leap)
        whole += seconds{1};

    constexpr auto first = std::chrono::floor<seconds>(instant_min);
    constexpr auto last = std::chrono::floor<seconds>(instant_max);
    if (whole < first || whole > last || (whole == last && fraction > instant_max - last))
        return faulty("must lie between 1678-01-01T00:00:00Z and 2262-04-11T23:47:16.854775807Z.");
    return timestamp{instant{whole} + fraction, form.packed()};
}

timestamp timestamp::from_clock(instant at) noexcept
{
    using ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
    const written_form form{.digits = 7};
    return {std::chrono::floor<ticks>(std::max(at, instant_min)), form.packed()};
}

std::optional<timestamp> timestamp::from_parts(instant at, std::uint16_t form) noexcept
{
    const auto unpacked = written_form::unpack(form);
    if (!unpacked || at < instant_min)
        return std::nullopt;

    const auto whole = std::chrono::floor<seconds>(at);
    const auto finest = power_of_ten[static_cast<std::size_t>(digits_max - unpacked->digits)];
    if ((at - whole).count() % finest != 0)
        return std::nullopt;
    if (unpacked->leap && !ends_in_leap_second(whole - seconds{1}))
        return std::nullopt;
    return timestamp{at, form};
}

std::string timestamp::text() const
{
    std::string text;
    text.reserve(35);
    append_to(text);
    return text;
}

void timestamp::append_to(std::string& out) const
{
    const auto form = written_form::unpack(form_).value_or(written_form{});
    const auto whole = std::chrono::floor<seconds>(at_);
    const auto fraction = (at_ - whole).count();
    const auto local = whole + form.offset - seconds{form.leap ? 1 : 0};
    const auto day = std::chrono::floor<days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{local - day};

    append_number(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_number(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_number(out, static_cast<unsigned>(date.day()), 2);
    out += form.lower_t ? 't' : 'T';
    append_number(out, time.hours().count(), 2);
    out += ':';
    append_number(out, time.minutes().count(), 2);
    out += ':';
    append_number(out, form.leap ? 60 : time.seconds().count(), 2);
    if (form.digits > 0) {
        const auto digits = static_cast<std::size_t>(form.digits);
        out += '.';
        append_number(out, fraction / power_of_ten[digits_max - digits], digits);
    }
    append_zone(out, form);
}

}  // namespace botcore
