#include "adapters/http/dispatch/dispatcher.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/system/system_error.hpp>

#include <string>
#include <utility>
#include <vector>

namespace botapi::http {

using boost::asio::awaitable;
using boost::beast::http::verb;

namespace {

/// An answer is for who asked: caches must not give it to others. What was asked for by a target
/// with a token in it is kept by none, since the target is not secret enough.
void restrict_caching(const request& asked, response& told)
{
    told.headers.emplace_back("Vary", "Authorization");
    if (!asked.has_token_in_target)
        return;
    std::erase_if(told.headers, [](const auto& one) { return one.first == "Cache-Control"; });
    told.headers.emplace_back("Cache-Control", "private, no-store");
}

}  // namespace

awaitable<dispatched> dispatcher::answer(request& asked) const
{
    match met = router_.find(asked.path, asked.method);
    asked.path_parts = std::move(met.parts);
    asked.path_id = asked.in_path("id");
    if (asked.method == verb::options && (!met.pattern.empty() || asked.target == "*"))
        co_return dispatched{tell_methods(asked, met), met.pattern};
    if (met.route != nullptr) {
        const bool is_recorded = leaves_record(*met.route);
        if (auto refused = access_.refuse(asked, *met.route))
            co_return dispatched{*std::move(refused), met.pattern, is_recorded};
        response told = co_await ask_route(*met.route, asked);
        if (met.route->needs)
            restrict_caching(asked, told);
        access_.guard(asked, told);
        co_return dispatched{std::move(told), met.pattern, is_recorded};
    }
    if (met.pattern.empty()) {
        const problem unknown{
            problem_kind::unknown_route,
            "There is nothing at this path. /docs tells what there is."};
        co_return dispatched{http::answer(unknown, asked.path)};
    }

    const problem refused{
        problem_kind::method_not_allowed,
        "This path can be asked with " + std::string{met.allowed} + '.'};
    dispatched made{http::answer(refused, asked.path), met.pattern};
    made.answer.headers.emplace_back("Allow", met.allowed);
    co_return made;
}

awaitable<response> dispatcher::ask_route(const route& route, request& asked) const
{
    try {
        response made = co_await route.handler(asked);
        if (made.chunks && made.body.empty() && asked.method != verb::head) {
            auto first = co_await made.chunks->next();
            if (first) {
                made.body = first->bytes();
            } else {
                made.chunks.reset();
            }
        }
        co_return made;
    } catch (const body_failure& failure) {
        response made = http::answer(failure.problem(), asked.path);
        made.close = true;
        co_return made;
    } catch (const boost::system::system_error&) {
        throw;
    } catch (const std::exception& failure) {
        const problem internal{
            problem_kind::internal,
            "The server failed. The fault is ours, not yours."};
        response made = http::answer(internal, asked.path);
        made.cause = failure.what();
        co_return made;
    }
}

response dispatcher::tell_methods(const request& asked, const match& met) const
{
    const std::string methods{
        met.pattern.empty() ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" : met.allowed};
    response made{.status = 204, .headers = {{"Allow", methods}}};
    cors_.allow_asking(asked, methods, made);
    return made;
}

bool dispatcher::still_allows(const request& asked) const
{
    return access_.still_allows(asked);
}

void dispatcher::complete(const request& asked, response& answer) const
{
    answer.headers.emplace_back("X-Request-Id", asked.id);
    access_.tell_limits(asked, answer);
    cors_.allow_reading(asked, answer);
}

}  // namespace botapi::http
