#include "adapters/http/dispatch/dispatcher.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/dispatch/answer_coding.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "adapters/http/protocol/path_prefix.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/system/system_error.hpp>

#include <string>
#include <utility>
#include <vector>

namespace botapi::http {

using boost::asio::awaitable;
using boost::beast::http::verb;

namespace {

/// Prevents caches from giving the answer to other callers. No cache may keep an answer to a target
/// that had a token, because targets are not secret enough.
void restrict_caching(const request& request, response& answer)
{
    answer.headers.emplace_back("Vary", "Authorization");
    if (!request.has_token_in_target)
        return;
    std::string restricted = "private, no-store";
    std::erase_if(answer.headers, [&](const auto& field) {
        const bool is_about_caches = field.first == "Cache-Control";
        if (is_about_caches && field.second.ends_with("no-transform"))
            restricted += ", no-transform";
        return is_about_caches;
    });
    answer.headers.emplace_back("Cache-Control", std::move(restricted));
}

/// The problem of a client that accepts no coding of an answer (RFC 9110 section 12.5.3).
problem no_coding()
{
    return {
        problem_kind::not_acceptable,
        "This server answers with gzip, with zstd, or without a coding, and Accept-Encoding "
        "excludes "
        "all of these."};
}

/// A path without the slashes at its end. That of the root stays.
std::string_view without_slashes(std::string_view path) noexcept
{
    const auto last = path.find_last_not_of('/');
    return last == std::string_view::npos ? path.substr(0, 1) : path.substr(0, last + 1);
}

/// Redirects to the same target with another path. It can't lead to another server, because `path`
/// is that of a route, and the location has no host.
response redirect(const request& request, std::string_view path)
{
    const auto query = request.target.find('?');
    std::string location{path};
    if (query != std::string::npos)
        location += request.target.substr(query);
    return {
        .status = 308,
        .headers = {{"Location", std::move(location)}, {"Cache-Control", "no-store"}}};
}

}  // namespace

awaitable<dispatch_result> dispatcher::answer(request& request) const
{
    match match = router_.find(request.path, request.method);
    const auto shorter = without_slashes(request.path);
    const bool is_longer = match.pattern.empty() && shorter.size() < request.path.size();
    if (is_longer)
        match = router_.find(shorter, request.method);
    request.path_parts = std::move(match.parts);
    request.path_id = request.in_path("id");
    if (auto refusal = access_.refuse_client(request, match.route))
        co_return dispatch_result{*std::move(refusal), match.pattern};
    if (request.method == verb::options && (!match.pattern.empty() || request.target == "*"))
        co_return dispatch_result{answer_options(request, match), match.pattern};
    if (is_longer && !match.pattern.empty())
        co_return dispatch_result{redirect(request, shorter), match.pattern};
    if (match.route != nullptr) {
        const bool is_audited = must_be_audited(*match.route);
        request.is_guarded = match.route->needs.has_value();
        if (auto refusal = access_.refuse(request, *match.route))
            co_return dispatch_result{*std::move(refusal), match.pattern, is_audited};
        if (request.is_guarded)
            request.until.guard(request.caller.get());
        if (request.compression != compression::off)
            request.codings = read_accepted_codings(request.headers);
        if (request.codings.is_empty()) {
            response refusal = http::answer(no_coding(), request);
            co_return dispatch_result{std::move(refusal), match.pattern, is_audited};
        }
        response answer;
        if (request.is_guarded) {
            answer = co_await answer_guarded(*match.route, request);
        } else
            answer = co_await run_handler(*match.route, request);
        co_return dispatch_result{std::move(answer), match.pattern, is_audited};
    }
    if (match.pattern.empty()) {
        const problem unknown{
            problem_kind::unknown_route,
            "Nothing exists at this path. /docs lists all paths."};
        co_return dispatch_result{http::answer(unknown, request)};
    }

    const problem unsupported{
        problem_kind::method_not_allowed,
        "This path supports " + std::string{match.allowed} + '.'};
    dispatch_result refusal{http::answer(unsupported, request), match.pattern};
    refusal.answer.headers.emplace_back("Allow", match.allowed);
    co_return refusal;
}

awaitable<response> dispatcher::answer_guarded(const route& route, request& request) const
{
    std::optional<problem> wrong;
    if (consistency_)
        wrong = co_await consistency_->check(request);
    response answer;
    if (wrong) {
        answer = http::answer(*wrong, request);
    } else {
        answer = co_await run_handler(route, request);
        if (consistency_)
            consistency_->tell(request, answer);
    }
    access_.guard(request, answer);
    restrict_caching(request, answer);
    co_return answer;
}

awaitable<response> dispatcher::run_handler(const route& route, request& request) const
{
    try {
        response answer = co_await route.handler(request);
        if (answer.chunks && answer.body.empty() && request.method != verb::head) {
            auto first = co_await answer.chunks->next();
            if (first) {
                answer.body = first->bytes();
            } else {
                answer.chunks.reset();
            }
        }
        auto coding = code_answer(request, answer);
        co_await std::move(coding);
        co_return answer;
    } catch (const body_failure& failure) {
        const bool is_revoked = failure.problem().kind == problem_kind::unauthorized;
        response answer = is_revoked ? access_control::revoked(request)
                                     : http::answer(failure.problem(), request);
        answer.close = true;
        co_return answer;
    } catch (const boost::system::system_error&) {
        throw;
    } catch (const std::exception& failure) {
        const problem internal{
            problem_kind::internal,
            "The server failed. The fault is ours, not yours."};
        response answer = http::answer(internal, request);
        answer.cause = failure.what();
        co_return answer;
    }
}

response dispatcher::answer_options(const request& request, const match& match) const
{
    const std::string methods{
        match.pattern.empty() ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" : match.allowed};
    response answer{.status = 204, .headers = {{"Allow", methods}}};
    cors_.allow_preflight(request, methods, answer);
    return answer;
}

bool dispatcher::still_allows(const request& request) const
{
    return !request.is_guarded || access_.still_allows(request);
}

void dispatcher::complete(const request& request, response& answer) const
{
    add_prefix(request, answer);
    answer.headers.emplace_back("X-Request-Id", request.id);
    access_.add_limits(request, answer);
    cors_.allow_origin(request, answer);
}

}  // namespace botapi::http
