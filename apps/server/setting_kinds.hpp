#pragma once

#include "apps/server/setting.hpp"
#include "apps/server/units.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace botapi::app {

inline constexpr std::uint64_t kib = 1'024;
inline constexpr std::uint64_t mib = 1'024 * kib;
inline constexpr std::uint64_t gib = 1'024 * mib;

/// What a setting is called, where it stands in the help, and what it does.
struct words {
    std::string_view name;
    std::string_view group;
    std::string_view meaning;
};

/// The values that a setting may have, both ends included.
struct range {
    std::uint64_t least;
    std::uint64_t most;

    [[nodiscard]] bool has(std::uint64_t value) const { return least <= value && value <= most; }
};

/// Why a value is wrong, or nothing.
using reason = std::optional<std::string>;

/// A setting that is a number. `access` leads from `settings&` to its place.
template <class Access>
setting number_of(const words& words, range right, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_number(text);
        if (!value || !right.has(*value)) {
            return in_quotes(text) + " is not a number from " + std::to_string(right.least) +
                   " to " + std::to_string(right.most) + '.';
        }
        access(into) = static_cast<std::size_t>(*value);
        return std::nullopt;
    };
    settings defaults;
    const auto fallback = std::to_string(access(defaults));
    return {words.name, "NUMBER", words.group, words.meaning, fallback, take};
}

/// A setting that is a number of bytes.
template <class Access>
setting size_of(const words& words, range right, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_size(text);
        if (!value || !right.has(*value)) {
            return in_quotes(text) + " is not a size from " + size_text(right.least) + " to " +
                   size_text(right.most) + ", written as 4096, 64KiB or 1MiB.";
        }
        auto& target = access(into);
        target = static_cast<std::remove_reference_t<decltype(target)>>(*value);
        return std::nullopt;
    };
    settings defaults;
    return {words.name, "SIZE", words.group, words.meaning, size_text(access(defaults)), take};
}

/// A setting that is a time.
template <class Access>
setting time_of(const words& words, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_duration(text);
        if (!value || *value < std::chrono::milliseconds{1} || *value > std::chrono::hours{24})
            return in_quotes(text) + " is not a time from 1ms to 24h, written as 500ms, 10s or 5m.";
        access(into) = *value;
        return std::nullopt;
    };
    settings defaults;
    return {words.name, "TIME", words.group, words.meaning, duration_text(access(defaults)), take};
}

/// A setting that is one of a few words.
template <class Value, std::size_t Count>
setting choice_of(
    const words& words,
    const std::array<std::pair<std::string_view, Value>, Count>& choices,
    Value& (*access)(settings&)
)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        std::string names;
        for (const auto& [name, value] : choices) {
            if (name == text) {
                access(into) = value;
                return std::nullopt;
            }
            names.append(names.empty() ? "" : ", ").append(name);
        }
        return in_quotes(text) + " is none of " + names + '.';
    };
    settings defaults;
    std::string fallback;
    for (const auto& [name, value] : choices) {
        if (value == access(defaults))
            fallback = name;
    }
    return {words.name, "CHOICE", words.group, words.meaning, fallback, take};
}

/// A setting that is on or off. Its flag has no value.
inline setting switch_of(const words& words, bool& (*access)(settings&))
{
    constexpr std::array<std::pair<std::string_view, bool>, 2> choices{
        {{"yes", true}, {"no", false}}};
    auto made = choice_of(words, choices, access);
    made.is_switch = true;
    return made;
}

/// A setting that names a file, and has no default.
template <class Access>
setting file_of(const words& words, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        if (text.empty())
            return "it is not the name of a file.";
        access(into) = text;
        return std::nullopt;
    };
    return {words.name, "FILE", words.group, words.meaning, "none", take};
}

/// A setting that is a list of texts. `wrong` says why one of them is.
inline setting list_of(
    const words& words,
    std::string_view placeholder,
    reason (*wrong)(const std::string&),
    std::vector<std::string>& (*access)(settings&)
)
{
    const auto take = [=](settings& into, const std::string& text) {
        auto why = wrong(text);
        if (!why)
            access(into).push_back(text);
        return why;
    };
    settings defaults;
    const auto& usual = access(defaults);
    return {
        words.name,
        placeholder,
        words.group,
        words.meaning,
        usual.empty() ? "none" : usual.front(),
        take,
        [=](settings& into) { access(into).clear(); }};
}

}  // namespace botapi::app
