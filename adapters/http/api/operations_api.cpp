#include "adapters/http/api/operations_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/protocol/negotiation.hpp"

#include <string>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;

/// An answer that may be out of date when it is read, so no cache may store it.
response fleeting(std::string type, std::string body)
{
    return {
        .status = 200,
        .headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}},
        .body = std::move(body),
    };
}

response status_ok()
{
    return fleeting(std::string{json_type}, R"({"status":"ok"})");
}

class operations_api {
public:
    operations_api(
        gateway& gateway,
        const metrics& metrics,
        const std::atomic<bool>& is_leaving
    ) noexcept
        : gateway_{gateway}, metrics_{metrics}, is_leaving_{is_leaving}
    {
    }

    awaitable<response> health(request& request) const
    {
        if (auto wrong = check_get(request, refuse_parameters(request)))
            co_return refused(request, *wrong);
        if (is_leaving_)
            co_return refused(request, leaving());
        co_return status_ok();
    }

    awaitable<response> ready(request& request) const
    {
        if (auto wrong = check_get(request, refuse_parameters(request)))
            co_return refused(request, *wrong);
        if (is_leaving_)
            co_return refused(request, leaving());
        const auto found = co_await gateway_.ready(request.until);
        if (!found)
            co_return refused(request, found.error());
        co_return status_ok();
    }

    awaitable<response> measure(request& request) const
    {
        if (auto wrong = refuse_parameters(request))
            co_return refused(request, *wrong);
        if (!negotiate(request, {"text/plain"}))
            co_return refused(request, not_acceptable("text/plain"));
        co_return fleeting("text/plain; version=0.0.4; charset=utf-8", metrics_.text());
    }

private:
    static problem leaving() { return {problem_kind::unavailable, "The server is shutting down."}; }

    gateway& gateway_;
    const metrics& metrics_;
    const std::atomic<bool>& is_leaving_;
};

}  // namespace

std::vector<route> operations_routes(
    gateway& gateway,
    const metrics& metrics,
    const std::atomic<bool>& is_leaving
)
{
    const operations_api api{gateway, metrics, is_leaving};
    return {
        {.pattern = "/healthz",
         .method = verb::get,
         .needs = {},
         .handler = [api](request& request) { return api.health(request); },
         .is_probe = true},
        {.pattern = "/readyz",
         .method = verb::get,
         .needs = {},
         .handler = [api](request& request) { return api.ready(request); },
         .is_probe = true},
        {"/metrics",
         verb::get,
         botcore::scope::admin,
         [api](request& request) { return api.measure(request); }},
    };
}

}  // namespace botapi::http
