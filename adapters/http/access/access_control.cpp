#include "adapters/http/access/access_control.hpp"

#include "adapters/http/protocol/problem.hpp"

#include <botcore/domain/api_key.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

namespace {

/// RFC 6750 section 3. The realm is the same for all: a client has one key for the whole API.
constexpr std::string_view challenge = R"(Bearer realm="botapi")";

/// What follows `Bearer`; nothing if there is no such header, or another scheme.
std::optional<std::string_view> shown_token(const request& asked)
{
    constexpr std::string_view scheme = "Bearer ";
    const auto shown = asked.header("Authorization");
    if (!shown || shown->size() < scheme.size() ||
        !boost::beast::iequals({shown->data(), scheme.size()}, scheme))
        return std::nullopt;
    return shown->substr(scheme.size());
}

response too_many(const request& asked, const rate_limiter::verdict& verdict, std::string detail)
{
    response made = answer({problem_kind::too_many_requests, std::move(detail)}, asked.path);
    made.headers.emplace_back("Retry-After", std::to_string(verdict.reset.count()));
    return made;
}

/// draft-ietf-httpapi-ratelimit-headers-08: the policy, and how much of it is left.
void append_limits(response& made, const rate_limit& limit, const rate_limiter::verdict& verdict)
{
    const auto burst = std::to_string(static_cast<std::uint64_t>(limit.burst));
    const auto window = std::to_string(static_cast<std::uint64_t>(limit.burst / limit.rate + 0.5));
    made.headers.emplace_back("RateLimit-Policy", "\"requests\";q=" + burst + ";w=" + window);
    made.headers.emplace_back(
        "RateLimit",
        "\"requests\";r=" + std::to_string(verdict.left) +
            ";t=" + std::to_string(verdict.reset.count())
    );
}

rate_limit limit_of(std::size_t requests)
{
    const auto rate = static_cast<double>(requests);
    return {.rate = rate, .burst = 2 * rate};
}

}  // namespace

access_control::access_control(const key_ring& keys, const access_limits& limits)
    : keys_{keys},
      failures_{limits.failures},
      by_key_{limit_of(limits.requests_of_key)},
      by_address_{limit_of(limits.requests_of_client)}
{
}

std::optional<response> access_control::refuse(request& asked, botcore::scope needed)
{
    constexpr std::string_view slower =
        "You ask too often. RateLimit-Policy says how often you may.";
    if (const auto verdict = by_address_.take(asked.remote); !verdict.is_allowed)
        return too_many(asked, verdict, std::string{slower});
    if (keys_.is_open())
        return std::nullopt;
    if (auto refused = refuse_key(asked, needed))
        return refused;
    if (const auto verdict = by_key_.take(asked.key->id.text()); !verdict.is_allowed)
        return too_many(asked, verdict, std::string{slower});
    return std::nullopt;
}

std::optional<response> access_control::refuse_key(request& asked, botcore::scope needed)
{
    const auto text = shown_token(asked);
    if (const auto verdict = failures_.look(asked.remote); !verdict.is_allowed)
        return too_many(asked, verdict, "Too many keys from this address were wrong.");
    const auto token = text ? botcore::access_token::parse(*text) : std::nullopt;
    asked.key = token ? keys_.find(*token) : nullptr;
    if (!asked.key)
        return refuse_stranger(asked, asked.headers.count(beast_http::field::authorization) != 0);
    if (asked.key->scopes.allows(needed))
        return std::nullopt;

    const auto* const name = std::ranges::find(
        botcore::scope_names,
        needed,
        &std::pair<botcore::scope, std::string_view>::first
    );
    response made = answer(
        {problem_kind::forbidden,
         "This needs a key with the scope " + std::string{name->second} + "."},
        asked.path
    );
    made.headers.emplace_back(
        "WWW-Authenticate",
        std::string{challenge} + R"(, error="insufficient_scope", scope=")" +
            std::string{name->second} + '"'
    );
    return made;
}

response access_control::refuse_stranger(const request& asked, bool has_shown_something)
{
    if (has_shown_something)
        failures_.take(asked.remote);
    response made = answer(
        {problem_kind::unauthorized,
         has_shown_something ? "This key is not valid: wrong, expired or revoked."
                             : "This needs a key, as in Authorization: Bearer bk_0123…"},
        asked.path
    );
    made.headers.emplace_back(
        "WWW-Authenticate",
        std::string{challenge} + (has_shown_something ? R"(, error="invalid_token")" : "")
    );
    return made;
}

bool access_control::still_allows(const request& asked) const
{
    return asked.key ? keys_.holds(*asked.key) : keys_.is_open();
}

void access_control::tell_limits(const request& asked, response& answer)
{
    if (asked.key && by_key_.is_on()) {
        append_limits(answer, by_key_.limit(), by_key_.look(asked.key->id.text()));
    } else if (by_address_.is_on())
        append_limits(answer, by_address_.limit(), by_address_.look(asked.remote));
}

}  // namespace botapi::http
