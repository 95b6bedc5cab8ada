#include "adapters/http/dispatch/router.hpp"

#include "adapters/http/protocol/target.hpp"

#include <algorithm>
#include <utility>

namespace botapi::http {

namespace {

using boost::beast::http::verb;

/// Takes the segment before the next slash off the front, and the slash with it.
std::string_view take_segment(std::string_view& rest) noexcept
{
    const auto end = std::min(rest.find('/'), rest.size());
    const auto segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return segment;
}

/// Whether a path with as many slashes is one of the pattern's.
bool fits(std::string_view pattern, std::string_view path) noexcept
{
    while (!pattern.empty() || !path.empty()) {
        const auto wanted = take_segment(pattern);
        const auto found = take_segment(path);
        if (wanted.starts_with('{') ? found.empty() : wanted != found)
            return false;
    }
    return true;
}

/// What stands for the names of the pattern, decoded.
std::vector<path_part> parts_of(std::string_view pattern, std::string_view path)
{
    std::vector<path_part> parts;
    while (!pattern.empty()) {
        auto wanted = take_segment(pattern);
        const auto found = take_segment(path);
        if (!wanted.starts_with('{'))
            continue;
        wanted.remove_prefix(1);
        wanted.remove_suffix(1);
        parts.emplace_back(wanted, decode_segment(found).value_or(std::string{found}));
    }
    return parts;
}

}  // namespace

router::router(std::vector<route> routes)
{
    for (route& one : routes) {
        auto at = std::ranges::find(places_, one.pattern, &place::pattern);
        if (at == places_.end()) {
            at = places_.insert(
                at,
                {.pattern = one.pattern,
                 .slashes = std::ranges::count(one.pattern, '/'),
                 .names = std::ranges::count(one.pattern, '{')}
            );
        }
        at->allowed += one.method == verb::get ? "GET, HEAD, " : "";
        if (one.method != verb::get)
            at->allowed.append(boost::beast::http::to_string(one.method)).append(", ");
        at->routes.push_back(std::move(one));
    }
    for (place& one : places_)
        one.allowed += "OPTIONS";
    std::ranges::stable_sort(places_, {}, &place::names);
}

match router::find(std::string_view path, verb method) const
{
    const auto slashes = std::ranges::count(path, '/');
    const auto met = std::ranges::find_if(places_, [&](const place& one) {
        return one.slashes == slashes && fits(one.pattern, path);
    });
    if (met == places_.end())
        return {};
    const verb wanted = method == verb::head ? verb::get : method;
    const auto asked = std::ranges::find(met->routes, wanted, &route::method);
    return {
        .route = asked == met->routes.end() ? nullptr : &*asked,
        .pattern = met->pattern,
        .allowed = met->allowed,
        .parts = parts_of(met->pattern, path)};
}

}  // namespace botapi::http
