#include "adapters/http/protocol/cors.hpp"

#include <algorithm>

namespace botapi::http {

bool cors::allows(std::string_view origin) const
{
    return std::ranges::any_of(origins_, [origin](std::string_view allowed) {
        return allowed == "*" || allowed == origin;
    });
}

void cors::allow_origin(const request& request, response& answer) const
{
    if (origins_.empty())
        return;
    answer.headers.emplace_back("Vary", "Origin");
    const auto origin = request.header("Origin");
    if (!origin || !allows(*origin))
        return;
    answer.headers.emplace_back("Access-Control-Allow-Origin", std::string{*origin});
    answer.headers.emplace_back(
        "Access-Control-Expose-Headers",
        "ETag, Link, Location, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, "
        "Stream-Cursor, WWW-Authenticate, X-Request-Id"
    );
}

void cors::allow_preflight(const request& request, std::string_view methods, response& answer) const
{
    const auto origin = request.header("Origin");
    if (!origin || !allows(*origin) || !request.header("Access-Control-Request-Method"))
        return;
    answer.headers.emplace_back("Access-Control-Allow-Methods", std::string{methods});
    answer.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
        "Last-Event-ID, "
        "X-Request-Id"
    );
    answer.headers.emplace_back("Access-Control-Max-Age", "86400");
}

}  // namespace botapi::http
