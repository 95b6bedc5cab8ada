#include "adapters/http/access/access_control.hpp"

#include "adapters/http/access/guarded_source.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/list_elements.hpp"
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
#include <vector>

namespace botapi::http {

namespace beast_http = boost::beast::http;

namespace {

/// RFC 6750 section 3. All routes have the same realm: a client has one key for the whole API.
constexpr std::string_view challenge = R"(Bearer realm="botapi")";

constexpr std::string_view slower =
    "You send too many requests. RateLimit-Policy states the limit.";
constexpr std::string_view too_many_failures =
    "This address has sent too many wrong keys or tokens.";

/// The text after `Bearer`; nothing if there is no such header, or another scheme.
std::optional<std::string_view> bearer_token(const request& request)
{
    constexpr std::string_view scheme = "Bearer ";
    const auto value = request.header("Authorization");
    if (!value || value->size() < scheme.size() ||
        !boost::beast::iequals({value->data(), scheme.size()}, scheme))
        return std::nullopt;
    return value->substr(scheme.size());
}

/// Removes `access_token` from the target, and returns it. So no log, cache or link contains it.
std::optional<std::string> take_from_target(request& request)
{
    const auto is_token = [](const parameter& one) { return one.first == "access_token"; };
    const auto token = std::ranges::find_if(request.parameters, is_token);
    if (token == request.parameters.end())
        return std::nullopt;
    auto secret = std::move(token->second);
    request.has_token_in_target = true;
    request.parameters.erase(token);  // A second one is refused as unknown.
    request.target = make_target(request.path, request.parameters);
    return secret;
}

/// Removes each `bearer.…` from the sub-protocols that the client offers, and returns them. So no
/// log contains them, and no answer selects them.
std::vector<std::string> take_from_protocols(request& request)
{
    constexpr std::string_view mark = "bearer.";
    constexpr auto field = beast_http::field::sec_websocket_protocol;
    std::vector<std::string> secrets;
    std::string others;
    const auto [first, last] = request.headers.equal_range(field);
    for (auto line = first; line != last; ++line) {
        std::string_view rest{line->value().data(), line->value().size()};
        while (!rest.empty()) {
            const auto name = take_until(rest, ',');
            if (name.starts_with(mark)) {
                secrets.emplace_back(name.substr(mark.size()));
            } else
                others.append(others.empty() ? "" : ", ").append(name);
        }
    }
    if (secrets.empty())
        return secrets;
    request.headers.erase(field);
    if (!others.empty())
        request.headers.set(field, others);
    return secrets;
}

/// The problem of a key or token among the sub-protocols that the server can't accept.
problem bad_protocols(std::string why)
{
    return {
        problem_kind::invalid_header,
        "Sec-WebSocket-Protocol " + why,
        {{"header", "Sec-WebSocket-Protocol", why}}};
}

problem only_tokens_in_targets()
{
    const std::string why =
        "may hold a token for a conversation, if there is no Authorization header. Keys do not "
        "belong in URLs, which others can see.";
    return {
        problem_kind::invalid_parameter,
        "The parameter access_token " + why,
        {{"parameter", "access_token", why}}};
}

response unauthorized(const request& request, bool has_secret)
{
    response refusal = answer(
        {problem_kind::unauthorized,
         has_secret ? "This key or token is not valid: wrong, expired or revoked."
                    : "This needs a key, as in Authorization: Bearer bk_0123…"},
        request
    );
    refusal.headers.emplace_back(
        "WWW-Authenticate",
        std::string{challenge} + (has_secret ? R"(, error="invalid_token")" : "")
    );
    return refusal;
}

response too_many(const request& request, const rate_limiter::verdict& verdict, std::string detail)
{
    response refusal = answer({problem_kind::too_many_requests, std::move(detail)}, request);
    refusal.headers.emplace_back("Retry-After", std::to_string(verdict.reset.count()));
    return refusal;
}

/// Adds the rate limit and what is left of it (draft-ietf-httpapi-ratelimit-headers-08).
void append_limits(response& answer, const rate_limit& limit, const rate_limiter::verdict& verdict)
{
    const auto burst = std::to_string(static_cast<std::uint64_t>(limit.burst));
    const auto window = std::to_string(std::lround(limit.burst / limit.rate));
    answer.headers.emplace_back("RateLimit-Policy", "\"requests\";q=" + burst + ";w=" + window);
    answer.headers.emplace_back(
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

access_control::access_control(
    const key_ring& keys,
    const cors& origins,
    const access_limits& limits,
    host_rule hosts
)
    : keys_{keys},
      origins_{origins},
      hosts_{std::move(hosts)},
      failures_{limits.failures},
      by_key_{limit_of(limits.requests_of_key)},
      by_address_{limit_of(limits.requests_of_client)}
{
}

std::optional<response> access_control::refuse_client(const request& request, const route* route)
{
    if (auto refusal = refuse_rate(request, by_address_, request.network))
        return refusal;
    const bool is_probe = route != nullptr && route->is_probe;
    if (is_probe || !is_open() || request.host.empty())
        return std::nullopt;
    if (!hosts_.accepts(request.host)) {
        return answer(
            {problem_kind::forbidden,
             "This server has no keys, so it answers only requests for localhost. Otherwise a web "
             "page could use it through a host name that leads to this machine. Make a key with "
             "`botapi keys create`, or name the host with --allowed-host."},
            request
        );
    }
    return refuse_origin(request);
}

/// Refuses a write by a web page of another origin. A browser may send such a write, although it
/// hides the answer from the page.
std::optional<response> access_control::refuse_origin(const request& request) const
{
    using beast_http::verb;

    const auto origin = request.header("Origin");
    const bool is_read = request.method == verb::get || request.method == verb::head ||
                         request.method == verb::options;
    if (!origin || is_read)
        return std::nullopt;
    const auto separator = origin->find("://");
    const bool is_accepted = separator != std::string_view::npos &&
                             hosts_.accepts(origin->substr(separator + 3));
    if (is_accepted || origins_.allows(*origin))
        return std::nullopt;
    return answer(
        {problem_kind::forbidden,
         "This server has no keys, and pages of this origin may not use it: the operator has to "
         "allow it with --cors-origin."},
        request
    );
}

std::optional<response> access_control::refuse(request& request, const route& route)
{
    const bool is_handshake = route.tokens == token_use::accepted_in_handshake;
    const auto in_target = is_handshake || route.tokens == token_use::accepted_in_query
                               ? take_from_target(request)
                               : std::nullopt;
    auto in_protocols = is_handshake ? take_from_protocols(request) : std::vector<std::string>{};
    if (!route.needs)
        return std::nullopt;
    if (!keys_.is_known()) {
        return answer(
            {problem_kind::unavailable,
             "The server could not read its keys from the database yet: /readyz says why."},
            request
        );
    }
    auto secret = bearer_token(request);
    if (in_target && (secret || !in_target->starts_with(botcore::conversation_token::prefix)))
        return answer(only_tokens_in_targets(), request);
    if (in_target)
        secret = in_target;
    if (in_protocols.size() > 1 || (!in_protocols.empty() && secret))
        return answer(
            bad_protocols("may have one key or token, if there is none elsewhere."),
            request
        );
    if (!in_protocols.empty() &&
        request.headers.count(beast_http::field::sec_websocket_protocol) == 0)
        return answer(
            bad_protocols("must have botapi.v1 beside the key or token: browsers close a socket if "
                          "the answer has none of the names."),
            request
        );
    if (!in_protocols.empty())
        secret = in_protocols.front();

    const bool is_token = secret && secret->starts_with(botcore::conversation_token::prefix);
    if (keys_.is_open() && !is_token)
        return std::nullopt;
    if (auto refusal = identify(request, secret))
        return refusal;
    if (request.caller->token && route.tokens == token_use::refused) {
        return answer(
            {problem_kind::forbidden,
             "This token is valid for one client in one conversation only."},
            request
        );
    }
    if (route.also_needs && !request.grant().allows(*route.also_needs))
        return scope_missing(request, *route.also_needs);
    return refuse_use(request, *route.needs);
}

std::optional<response> access_control::refuse_message(const request& request)
{
    if (auto refusal = refuse_rate(request, by_address_, request.network))
        return refusal;
    return request.caller ? refuse_rate_of_caller(request) : std::nullopt;
}

std::optional<response> access_control::refuse_command(
    const request& request,
    botcore::scope needed
)
{
    if (!still_allows(request))
        return revoked(request);
    if (!request.grant().allows(needed))
        return scope_missing(request, needed);
    return std::nullopt;
}

std::optional<response> access_control::identify(
    request& request,
    std::optional<std::string_view> secret
)
{
    const auto key = secret ? botcore::access_token::parse(*secret) : std::nullopt;
    const std::string address{request.network};
    const auto address_and_key = key ? address + ' ' + key->id.text() : address;
    // The limit holds for the right secret too. Otherwise it would not slow down guessing.
    if (const auto verdict = failures_.look(address_and_key); key && !verdict.is_allowed)
        return too_many(request, verdict, std::string{too_many_failures});

    authentication checked{
        .is_guess = secret || request.headers.count(beast_http::field::authorization) != 0};
    if (key) {
        checked = keys_.find(*key);
    } else if (secret)
        checked = keys_.find(*secret);
    request.caller = std::move(checked.caller);
    if (request.caller)
        return std::nullopt;
    if (checked.is_guess) {
        if (key)
            static_cast<void>(failures_.take(address_and_key));
        if (const auto verdict = failures_.take(address); !verdict.is_allowed)
            return too_many(request, verdict, std::string{too_many_failures});
    }
    return unauthorized(request, secret || checked.is_guess);
}

std::optional<response> access_control::refuse_use(const request& request, botcore::scope needed)
{
    if (!request.grant().allows(needed))
        return scope_missing(request, needed);
    return refuse_rate_of_caller(request);
}

std::optional<response> access_control::refuse_rate_of_caller(const request& request)
{
    if (!by_key_.is_on())
        return std::nullopt;
    const auto& caller = *request.caller;
    // Each token has its own rate, so that one user can't use up the rate of the key. All tokens of
    // a key count for the key too. Otherwise it could reach any rate by issuing more tokens.
    if (auto refusal = refuse_rate(request, by_key_, caller.subject()))
        return refusal;
    if (caller.token && caller.key)
        return refuse_rate(request, by_key_, caller.key->id.text());
    return std::nullopt;
}

std::optional<response> access_control::refuse_rate(
    const request& request,
    rate_limiter& limiter,
    std::string_view subject
)
{
    if (!limiter.is_on())
        return std::nullopt;
    if (const auto verdict = limiter.take(subject); !verdict.is_allowed)
        return too_many(request, verdict, std::string{slower});
    return std::nullopt;
}

response access_control::scope_missing(const request& request, botcore::scope needed)
{
    const auto* const name = std::ranges::find(
        botcore::scope_names,
        needed,
        &std::pair<botcore::scope, std::string_view>::first
    );
    response refusal = answer(
        {problem_kind::forbidden,
         "This needs a key with the scope " + std::string{name->second} + "."},
        request
    );
    refusal.headers.emplace_back(
        "WWW-Authenticate",
        std::string{challenge} + R"(, error="insufficient_scope", scope=")" +
            std::string{name->second} + '"'
    );
    return refusal;
}

void access_control::guard(const request& request, response& answer) const
{
    const bool is_read = request.method == beast_http::verb::get ||
                         request.method == beast_http::verb::head;
    // A write has taken effect already, so only the answer to a read is replaced, and that to a
    // request which was refused because the key ended while it was held.
    const bool may_be_replaced = (is_read && answer.status < 400) || answer.status == 403;
    if (may_be_replaced && !answer.upgrade && !still_allows(request))
        answer = revoked(request);
    if (!answer.chunks)
        return;
    const auto end = answer.is_live ? revoked_answer::ends : revoked_answer::is_cut_off;
    answer.chunks =
        std::make_unique<guarded_source>(std::move(answer.chunks), request.caller, keys_, end);
}

response access_control::revoked(const request& request)
{
    return unauthorized(request, request.caller != nullptr);
}

bool access_control::still_allows(const request& request) const
{
    return keys_.still_admits(request.caller.get());
}

void access_control::add_limits(const request& request, response& answer)
{
    if (request.caller && by_key_.is_on()) {
        append_limits(answer, by_key_.limit(), by_key_.look(request.caller->subject()));
    } else if (by_address_.is_on())
        append_limits(answer, by_address_.limit(), by_address_.look(request.network));
}

}  // namespace botapi::http
