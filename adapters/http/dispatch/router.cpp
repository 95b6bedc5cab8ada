#include "adapters/http/dispatch/router.hpp"

#include "adapters/http/protocol/target.hpp"

#include <algorithm>
#include <utility>

namespace botapi::http {

namespace {

using boost::beast::http::verb;

/// Removes the first segment of a path, and the slash after it. Returns the segment.
std::string_view take_segment(std::string_view& rest) noexcept
{
    const auto end = std::min(rest.find('/'), rest.size());
    const auto segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return segment;
}

/// Whether a pattern matches a path. Precondition: both have the same number of slashes.
bool fits(std::string_view pattern, std::string_view path) noexcept
{
    while (!pattern.empty() || !path.empty()) {
        const auto expected = take_segment(pattern);
        const auto actual = take_segment(path);
        if (expected.starts_with('{') ? actual.empty() : expected != actual)
            return false;
    }
    return true;
}

/// The names of a pattern and their values in a path, decoded.
std::vector<path_part> parts_of(std::string_view pattern, std::string_view path)
{
    std::vector<path_part> parts;
    while (!pattern.empty()) {
        auto name = take_segment(pattern);
        const auto value = take_segment(path);
        if (!name.starts_with('{'))
            continue;
        name.remove_prefix(1);
        name.remove_suffix(1);
        parts.emplace_back(name, decode_segment(value).value_or(std::string{value}));
    }
    return parts;
}

}  // namespace

router::router(std::vector<route> routes)
{
    for (route& added : routes) {
        auto at = std::ranges::find(patterns_, added.pattern, &path_routes::pattern);
        if (at == patterns_.end()) {
            at = patterns_.insert(
                at,
                {.pattern = added.pattern,
                 .slashes = std::ranges::count(added.pattern, '/'),
                 .names = std::ranges::count(added.pattern, '{')}
            );
        }
        at->allowed += added.method == verb::get ? "GET, HEAD, " : "";
        if (added.method != verb::get)
            at->allowed.append(boost::beast::http::to_string(added.method)).append(", ");
        at->routes.push_back(std::move(added));
    }
    for (path_routes& known : patterns_)
        known.allowed += "OPTIONS";
    std::ranges::stable_sort(patterns_, {}, &path_routes::names);
}

match router::find(std::string_view path, verb method) const
{
    const auto slashes = std::ranges::count(path, '/');
    const auto known = std::ranges::find_if(patterns_, [&](const path_routes& routes) {
        return routes.slashes == slashes && fits(routes.pattern, path);
    });
    if (known == patterns_.end())
        return {};
    const verb answered_by = method == verb::head ? verb::get : method;
    const auto route = std::ranges::find(known->routes, answered_by, &http::route::method);
    return {
        .route = route == known->routes.end() ? nullptr : &*route,
        .pattern = known->pattern,
        .allowed = known->allowed,
        .parts = parts_of(known->pattern, path)};
}

}  // namespace botapi::http
