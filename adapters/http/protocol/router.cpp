#include "adapters/http/protocol/router.hpp"

#include "adapters/http/protocol/target.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace botapi::http {

namespace {

using boost::beast::http::verb;

auto count_of_names(std::string_view pattern) noexcept
{
    return std::ranges::count(pattern, '{');
}

/// Takes the segment before the next slash off the front, and the slash with it.
std::string_view take_segment(std::string_view& rest) noexcept
{
    const auto end = std::min(rest.find('/'), rest.size());
    const auto segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return segment;
}

/// What stands for the names of the pattern, decoded; nothing if the path is another.
std::optional<std::vector<path_part>> match_path(std::string_view pattern, std::string_view path)
{
    if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/'))
        return std::nullopt;
    std::vector<path_part> parts;
    while (!pattern.empty() || !path.empty()) {
        auto wanted = take_segment(pattern);
        const auto found = take_segment(path);
        if (!wanted.starts_with('{')) {
            if (wanted != found)
                return std::nullopt;
            continue;
        }
        if (found.empty())
            return std::nullopt;
        wanted.remove_prefix(1);
        wanted.remove_suffix(1);
        parts.emplace_back(wanted, decode_segment(found).value_or(std::string{found}));
    }
    return parts;
}

}  // namespace

match router::find(std::string_view path, verb method) const
{
    const verb wanted = method == verb::head ? verb::get : method;
    match found;
    for (const route& one : routes_) {
        auto parts = match_path(one.pattern, path);
        if (!parts)
            continue;
        if (found.pattern != one.pattern) {
            // What is written out comes before what is named.
            if (!found.pattern.empty() &&
                count_of_names(one.pattern) >= count_of_names(found.pattern))
                continue;
            found = {};
        }
        found.pattern = one.pattern;
        found.parts = *std::move(parts);
        found.allowed += one.method == verb::get ? "GET, HEAD, " : "";
        if (one.method != verb::get)
            found.allowed.append(boost::beast::http::to_string(one.method)).append(", ");
        if (one.method == wanted)
            found.route = &one;
    }
    if (!found.pattern.empty())
        found.allowed += "OPTIONS";
    return found;
}

}  // namespace botapi::http
