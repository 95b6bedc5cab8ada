#include "adapters/http/protocol/cors.hpp"

#include "adapters/http/protocol/grammar.hpp"
#include "adapters/http/protocol/list_elements.hpp"

#include <algorithm>
#include <optional>

namespace botapi::http {

namespace {

/// Browsers leave out the port that a scheme has anyway.
std::string_view without_default_port(std::string_view origin) noexcept
{
    for (const auto& [scheme, port] :
         {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}}) {
        if (origin.starts_with(scheme) && origin.ends_with(port))
            return origin.substr(0, origin.size() - port.size());
    }
    return origin;
}

bool are_labels(std::string_view text) noexcept
{
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == std::string_view::npos && std::ranges::all_of(text, is_allowed);
}

/// The names of the headers that the page wants to send; nothing if one is not a name.
std::optional<std::string> wanted_headers(const request& request)
{
    const auto value = request.header("Access-Control-Request-Headers");
    if (!value)
        return std::nullopt;
    std::string names;
    for (auto rest = *value; !rest.empty();) {
        const auto name = take_until(rest, ',');
        if (!is_token(name))
            return std::nullopt;
        names.append(names.empty() ? "" : ", ").append(name);
    }
    return names;
}

}  // namespace

cors::cors(const std::vector<std::string>& origins)
{
    constexpr std::string_view wildcard = "://*.";
    for (const std::string_view written : origins) {
        const auto origin = without_default_port(written);
        const auto at = origin.find(wildcard);
        if (origin == "*") {
            has_all_ = true;
        } else if (at != std::string_view::npos) {
            const auto begin_size = at + wildcard.find('*');
            wildcards_.push_back(
                {std::string{origin.substr(0, begin_size)},
                 std::string{origin.substr(begin_size + 1)}}
            );
        } else
            origins_.emplace_back(origin);
    }
}

bool cors::allows(std::string_view origin) const
{
    if (has_all_ || std::ranges::find(origins_, origin) != origins_.end())
        return true;
    return std::ranges::any_of(wildcards_, [origin](const subdomains& allowed) {
        const auto& [begin, end] = allowed;
        return origin.size() > begin.size() + end.size() && origin.starts_with(begin) &&
               origin.ends_with(end) &&
               are_labels(origin.substr(begin.size(), origin.size() - begin.size() - end.size()));
    });
}

void cors::allow_origin(const request& request, response& answer) const
{
    if (!has_all_ && origins_.empty() && wildcards_.empty())
        return;
    answer.headers.emplace_back("Vary", "Origin");
    const auto origin = request.header("Origin");
    if (!origin || !allows(*origin))
        return;
    answer.headers.emplace_back("Access-Control-Allow-Origin", std::string{*origin});
    answer.headers.emplace_back(
        "Access-Control-Expose-Headers",
        "Consistency-Token, ETag, Link, Location, Idempotent-Replayed, RateLimit, "
        "RateLimit-Policy, "
        "Retry-After, Staleness, Stream-Cursor, WWW-Authenticate, X-Request-Id"
    );
}

void cors::allow_preflight(const request& request, std::string_view methods, response& answer) const
{
    const auto origin = request.header("Origin");
    if (!origin || !allows(*origin) || !request.header("Access-Control-Request-Method"))
        return;
    answer.headers.emplace_back("Access-Control-Allow-Methods", std::string{methods});
    // A browser asks about every header that its page, its libraries and its extensions add, such
    // as Traceparent. The server ignores headers that it does not know. So a list of allowed
    // headers would gain nothing.
    if (auto names = wanted_headers(request); names && !names->empty())
        answer.headers.emplace_back("Access-Control-Allow-Headers", *std::move(names));
    answer.headers.emplace_back("Vary", "Access-Control-Request-Headers");
    answer.headers.emplace_back("Access-Control-Max-Age", "86400");
}

}  // namespace botapi::http
