#include "apps/server/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>
#include <utility>

namespace botapi::app {

namespace {

struct unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array size_units{
    unit{"GiB", 1ULL << 30U},
    unit{"MiB", 1ULL << 20U},
    unit{"KiB", 1ULL << 10U},
    unit{"B", 1},
    unit{"", 1},
};

/// In milliseconds.
constexpr std::array time_units{
    unit{"h", 3'600'000},
    unit{"m", 60'000},
    unit{"s", 1'000},
    unit{"ms", 1},
    unit{"", 1'000},
};

std::optional<std::uint64_t> parse(std::string_view text, std::span<const unit> units) noexcept
{
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_number(text.substr(0, digits));
    if (!number)
        return std::nullopt;
    for (const auto& [name, factor] : units) {
        if (text.substr(digits) != name)
            continue;
        if (*number > std::numeric_limits<std::int64_t>::max() / factor)
            return std::nullopt;
        return *number * factor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept
{
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end)
        return std::nullopt;
    return number;
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept
{
    return parse(text, size_units);
}

std::string size_text(std::uint64_t bytes)
{
    for (const auto& [name, factor] : size_units) {
        if (factor > 1 && bytes >= factor && bytes % factor == 0)
            return std::to_string(bytes / factor).append(name);
    }
    return std::to_string(bytes);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept
{
    const auto number = parse(text, time_units);
    if (!number)
        return std::nullopt;
    return std::chrono::milliseconds{static_cast<std::int64_t>(*number)};
}

std::optional<bool> parse_switch(std::string_view text) noexcept
{
    constexpr std::array<std::pair<std::string_view, bool>, 8> words{
        {{"yes", true},
         {"true", true},
         {"on", true},
         {"1", true},
         {"no", false},
         {"false", false},
         {"off", false},
         {"0", false}}};
    const auto is_same = [](char given, char lower) {
        return given == lower || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == lower);
    };
    for (const auto& [word, value] : words) {
        if (std::ranges::equal(text, word, is_same))
            return value;
    }
    return std::nullopt;
}

std::string_view trimmed(std::string_view text) noexcept
{
    constexpr std::string_view white_space = " \t\r\n\v\f";
    text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
    return text.substr(0, text.find_last_not_of(white_space) + 1);
}

std::string duration_text(std::chrono::milliseconds time)
{
    // The result is never 1h or 1m: one hour is 60m, and one minute is 60s.
    const auto count = static_cast<std::uint64_t>(time.count());
    for (const auto& [name, factor] : time_units) {
        if (count % factor == 0 && (count > factor || factor <= 1'000))
            return std::to_string(count / factor).append(name);
    }
    return std::to_string(count) + "ms";
}

}  // namespace botapi::app
