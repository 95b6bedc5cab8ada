#pragma once

#include <botcore/result.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace botcore {

/// A point in time, in nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Range: 1677-09-21 to 2262-04-11, because the number has 64 bits.
using instant = std::chrono::sys_time<std::chrono::nanoseconds>;

/// The earliest instant a message may carry: 1678-01-01T00:00:00Z.
inline constexpr instant instant_min{std::chrono::nanoseconds{-9'214'560'000'000'000'000}};
/// The latest: 2262-04-11T23:47:16.854775807Z.
inline constexpr instant instant_max = instant::max();

/// The time of a message: an instant, and the form in which it was written.
///
/// Shape: `date-time` of RFC 3339 section 5.6, with 0 to 9 fractional digits and any offset. `text`
/// returns it byte for byte as it was parsed: with its number of digits, its offset, `Z` or
/// `+00:00`, `T` or `t`. A leap second (`:60`) is valid at the end of June and of December in UTC,
/// if the offset is a multiple of 15 minutes. A leap second has the instant of the second after it.
///
/// `<` compares the instants only. `==` compares the instants and the forms.
class timestamp {
public:
    /// Errors: `invalid_argument`, saying which part is wrong.
    static result<timestamp> parse(std::string_view text);

    /// The timestamp that the server gives to a message: 7 fractional digits and `Z`. Anything
    /// finer than 100 ns is cut off; an instant before `instant_min` becomes `instant_min`.
    static timestamp from_clock(instant at) noexcept;

    /// The inverse of `at` and `form`, for storages; nothing if no timestamp has this form.
    static std::optional<timestamp> from_parts(instant at, std::uint16_t form) noexcept;

    [[nodiscard]] std::string text() const;

    /// Appends the text.
    void append_to(std::string& out) const;

    [[nodiscard]] instant at() const noexcept { return at_; }

    /// The form, packed: fractional digits, case of the `T`, offset, leap second.
    [[nodiscard]] std::uint16_t form() const noexcept { return form_; }

    friend bool operator==(const timestamp&, const timestamp&) = default;
    friend bool operator<(const timestamp& left, const timestamp& right) noexcept
    {
        return left.at_ < right.at_;
    }

private:
    timestamp(instant at, std::uint16_t form) noexcept : at_{at}, form_{form} {}

    instant at_;
    std::uint16_t form_;
};

}  // namespace botcore
