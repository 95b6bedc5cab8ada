#include "adapters/http/access/access_control.hpp"

#include "adapters/http/access/guarded_source.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/http/protocol/target.hpp"

#include <botcore/domain/api_key.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

namespace {

/// RFC 6750 section 3. The realm is the same for all: a client has one key for the whole API.
constexpr std::string_view challenge = R"(Bearer realm="botapi")";

constexpr std::string_view slower = "You ask too often. RateLimit-Policy says how often you may.";
constexpr std::string_view too_many_failures =
    "Too many keys or tokens from this address were wrong.";

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

/// Takes `access_token` out of the target, so that nobody sees it there, and no cache or link has
/// it.
std::optional<std::string> take_from_target(request& asked)
{
    const auto is_token = [](const parameter& one) { return one.first == "access_token"; };
    const auto found = std::ranges::find_if(asked.parameters, is_token);
    if (found == asked.parameters.end())
        return std::nullopt;
    auto shown = std::move(found->second);
    asked.has_token_in_target = true;
    asked.parameters.erase(found);  // A second one stays, and is refused as unknown.
    asked.target = make_target(asked.path, asked.parameters);
    return shown;
}

problem only_tokens_in_targets()
{
    const std::string why =
        "may hold a token for a conversation, if there is no Authorization header. Keys don't "
        "belong into URLs: others see those.";
    return {
        problem_kind::invalid_parameter,
        "The parameter access_token " + why,
        {{"parameter", "access_token", why}}};
}

response stranger(const request& asked, bool has_shown_something)
{
    response made = answer(
        {problem_kind::unauthorized,
         has_shown_something ? "This key or token is not valid: wrong, expired or revoked."
                             : "This needs a key, as in Authorization: Bearer bk_0123…"},
        asked.path
    );
    made.headers.emplace_back(
        "WWW-Authenticate",
        std::string{challenge} + (has_shown_something ? R"(, error="invalid_token")" : "")
    );
    return made;
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
    const auto window = std::to_string(std::lround(limit.burst / limit.rate));
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

std::optional<response> access_control::refuse(request& asked, const route& wanted)
{
    const auto in_target = wanted.tokens == token_use::accepted_in_query ? take_from_target(asked)
                                                                         : std::nullopt;
    if (!wanted.needs)
        return std::nullopt;
    if (auto refused = refuse_rate(asked, by_address_, asked.network))
        return refused;
    if (!keys_.is_known()) {
        return answer(
            {problem_kind::unavailable,
             "The server could not read its keys from the database yet: /readyz says why."},
            asked.path
        );
    }
    auto shown = shown_token(asked);
    if (in_target && (shown || !in_target->starts_with(botcore::conversation_token::prefix)))
        return answer(only_tokens_in_targets(), asked.path);
    if (in_target)
        shown = in_target;

    const bool is_token = shown && shown->starts_with(botcore::conversation_token::prefix);
    if (keys_.is_open() && !is_token)
        return std::nullopt;
    if (auto refused = refuse_stranger(asked, shown))
        return refused;
    if (asked.caller->token && wanted.tokens == token_use::refused) {
        return answer(
            {problem_kind::forbidden,
             "This token is for one client in one conversation, and for nothing else."},
            asked.path
        );
    }
    if (wanted.also_needs && !asked.grant().allows(*wanted.also_needs))
        return lacking(asked, *wanted.also_needs);
    return refuse_use(asked, *wanted.needs);
}

std::optional<response> access_control::refuse_more(const request& asked, botcore::scope needed)
{
    if (auto refused = refuse_rate(asked, by_address_, asked.network))
        return refused;
    return asked.caller ? refuse_use(asked, needed) : std::nullopt;
}

std::optional<response> access_control::refuse_stranger(
    request& asked,
    std::optional<std::string_view> shown
)
{
    const auto key = shown ? botcore::access_token::parse(*shown) : std::nullopt;
    const std::string address{asked.network};
    const auto of_key = key ? address + ' ' + key->id.text() : address;
    // Not even what is right: else who guesses would not be slowed down.
    if (const auto verdict = failures_.look(of_key); key && !verdict.is_allowed)
        return too_many(asked, verdict, std::string{too_many_failures});

    admittance found{.is_guess = asked.headers.count(beast_http::field::authorization) != 0};
    if (key) {
        found = keys_.find(*key);
    } else if (shown)
        found = keys_.find(*shown);
    asked.caller = std::move(found.caller);
    if (asked.caller)
        return std::nullopt;
    if (found.is_guess) {
        if (key)
            static_cast<void>(failures_.take(of_key));
        if (const auto verdict = failures_.take(address); !verdict.is_allowed)
            return too_many(asked, verdict, std::string{too_many_failures});
    }
    return stranger(asked, shown || found.is_guess);
}

std::optional<response> access_control::refuse_use(const request& asked, botcore::scope needed)
{
    if (!asked.grant().allows(needed))
        return lacking(asked, needed);
    return refuse_rate(asked, by_key_, by_key_.is_on() ? asked.caller->subject() : std::string{});
}

std::optional<response> access_control::refuse_rate(
    const request& asked,
    rate_limiter& limiter,
    std::string_view subject
)
{
    if (!limiter.is_on())
        return std::nullopt;
    if (const auto verdict = limiter.take(subject); !verdict.is_allowed)
        return too_many(asked, verdict, std::string{slower});
    return std::nullopt;
}

response access_control::lacking(const request& asked, botcore::scope needed)
{
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

void access_control::guard(const request& asked, response& answer) const
{
    if (answer.chunks && asked.caller && !answer.is_live) {
        answer.chunks =
            std::make_unique<guarded_source>(std::move(answer.chunks), asked.caller, keys_);
    }
}

bool access_control::still_allows(const request& asked) const
{
    return asked.caller ? keys_.is_valid(*asked.caller) : keys_.is_open();
}

void access_control::tell_limits(const request& asked, response& answer)
{
    if (asked.caller && by_key_.is_on()) {
        append_limits(answer, by_key_.limit(), by_key_.look(asked.caller->subject()));
    } else if (by_address_.is_on())
        append_limits(answer, by_address_.limit(), by_address_.look(asked.network));
}

}  // namespace botapi::http
