#include "adapters/http/protocol/router.hpp"

#include "adapters/http/protocol/target.hpp"

#include <optional>

namespace botapi::http {

namespace {

using boost::beast::http::verb;

bool has_id(std::string_view pattern) noexcept
{
    return pattern.find('{') != std::string_view::npos;
}

/// What stands for `{id}`, still encoded, or an empty text if the pattern has none; nothing if the
/// path is another.
std::optional<std::string_view> match_path(std::string_view pattern, std::string_view path)
{
    const auto brace = pattern.find('{');
    if (brace == std::string_view::npos)
        return path == pattern ? std::optional<std::string_view>{""} : std::nullopt;
    if (!path.starts_with(pattern.substr(0, brace)))
        return std::nullopt;
    const auto id = path.substr(brace);
    if (id.empty() || id.find('/') != std::string_view::npos)
        return std::nullopt;
    return id;
}

}  // namespace

match router::find(std::string_view path, verb method) const
{
    const verb wanted = method == verb::head ? verb::get : method;
    match found;
    for (const route& one : routes_) {
        const auto id = match_path(one.pattern, path);
        if (!id)
            continue;
        if (found.pattern != one.pattern) {
            // A path that is written out comes before one with an id.
            if (!found.pattern.empty() && has_id(one.pattern))
                continue;
            found = {};
        }
        found.pattern = one.pattern;
        found.id = decode_segment(*id).value_or(std::string{*id});
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
