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

/// The name of a setting, its group in the help, and its meaning.
struct description {
    std::string_view name;
    std::string_view group;
    std::string_view meaning;
};

/// The values that a setting may have, both ends included.
struct range {
    std::uint64_t min;
    std::uint64_t max;

    [[nodiscard]] bool has(std::uint64_t value) const { return min <= value && value <= max; }
};

/// Why a value is wrong. Nothing if it is right.
using reason = std::optional<std::string>;

/// A setting of one value. `access` returns the member of `settings` that holds it, `take` stores
/// it, and `text_of` writes it.
template <class Access, class Take, class Text>
setting single(
    const description& description,
    std::string_view placeholder,
    Access access,
    Take take,
    Text text_of
)
{
    const auto show = [=](const settings& from) {
        auto copy = from;
        return std::vector<std::string>{text_of(access(copy))};
    };
    return {
        .name = description.name,
        .placeholder = placeholder,
        .group = description.group,
        .meaning = description.meaning,
        .fallback = show(settings{}).front(),
        .take = take,
        .show = show};
}

/// A setting of one text, which is empty if it is not set.
template <class Access, class Take>
setting optional_text(
    const description& description,
    std::string_view placeholder,
    Access access,
    Take take
)
{
    const auto show = [=](const settings& from) {
        auto copy = from;
        const std::string& text = access(copy);
        return text.empty() ? std::vector<std::string>{} : std::vector{text};
    };
    return {
        .name = description.name,
        .placeholder = placeholder,
        .group = description.group,
        .meaning = description.meaning,
        .fallback = "none",
        .take = take,
        .show = show};
}

/// A setting that is a number. `access` returns the member of `settings` that holds it.
template <class Access>
setting number_of(const description& description, range allowed, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_number(text);
        if (!value || !allowed.has(*value)) {
            return in_quotes(text) + " is not a number from " + std::to_string(allowed.min) +
                   " to " + std::to_string(allowed.max) + '.';
        }
        access(into) = static_cast<std::size_t>(*value);
        return std::nullopt;
    };
    const auto text_of = [](std::uint64_t value) { return std::to_string(value); };
    return single(description, "NUMBER", access, take, text_of);
}

/// A setting that is a number of bytes.
template <class Access>
setting size_of(const description& description, range allowed, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_size(text);
        if (!value || !allowed.has(*value)) {
            return in_quotes(text) + " is not a size from " + size_text(allowed.min) + " to " +
                   size_text(allowed.max) + ", written as 4096, 64KiB or 1MiB.";
        }
        auto& target = access(into);
        target = static_cast<std::remove_reference_t<decltype(target)>>(*value);
        return std::nullopt;
    };
    return single(description, "SIZE", access, take, size_text);
}

/// A setting that is a time of at least `shortest`.
template <class Access>
setting time_of(
    const description& description,
    Access access,
    std::chrono::milliseconds shortest = std::chrono::milliseconds{1}
)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_duration(text);
        if (!value || *value < shortest || *value > std::chrono::hours{24}) {
            return in_quotes(text) + " is not a time from " + duration_text(shortest) +
                   " to 24h, written as 500ms, 10s or 5m.";
        }
        access(into) = *value;
        return std::nullopt;
    };
    return single(description, "TIME", access, take, duration_text);
}

/// A setting that is one of a few words.
template <class Value, std::size_t Count>
setting choice_of(
    const description& description,
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
        return in_quotes(text) + " is not one of " + names + '.';
    };
    const auto text_of = [=](const Value& chosen) {
        std::string text;
        for (const auto& [name, value] : choices) {
            if (value == chosen)
                text = name;
        }
        return text;
    };
    return single(description, "CHOICE", access, take, text_of);
}

/// A setting that is on or off. Its flag has no value.
inline setting switch_of(const description& description, bool& (*access)(settings&))
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        const auto value = parse_switch(text);
        if (!value)
            return in_quotes(text) +
                   " is neither yes nor no; true, on and 1, or false, off and 0, "
                   "mean the same.";
        access(into) = *value;
        return std::nullopt;
    };
    const auto text_of = [](bool is_on) { return std::string{is_on ? "yes" : "no"}; };
    auto made = single(description, "CHOICE", access, take, text_of);
    made.is_switch = true;
    return made;
}

/// A setting that names a file, and has no default.
template <class Access>
setting file_of(const description& description, Access access)
{
    const auto take = [=](settings& into, const std::string& text) -> reason {
        if (text.empty())
            return "the name of a file is missing.";
        access(into) = text;
        return std::nullopt;
    };
    return optional_text(description, "FILE", access, take);
}

/// A setting that is a list of texts. `fault_of` says why a text is wrong.
inline setting list_of(
    const description& description,
    std::string_view placeholder,
    reason (*fault_of)(const std::string&),
    std::vector<std::string>& (*access)(settings&)
)
{
    const auto take = [=](settings& into, const std::string& text) {
        auto fault = fault_of(text);
        if (!fault)
            access(into).push_back(text);
        return fault;
    };
    settings defaults;
    const auto& default_values = access(defaults);
    const auto show = [=](const settings& from) {
        auto copy = from;
        return access(copy);
    };
    return {
        .name = description.name,
        .placeholder = placeholder,
        .group = description.group,
        .meaning = description.meaning,
        .fallback = default_values.empty() ? "none" : default_values.front(),
        .take = take,
        .show = show,
        .clear = [=](settings& into) { access(into).clear(); }};
}

}  // namespace botapi::app
